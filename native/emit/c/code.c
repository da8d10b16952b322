/* The code of a text among sorted ones. */
static int64_t code_of(const uint8_t *texts, const uint32_t *offsets, const uint32_t *codes, size_t count, const char *text,
size_t length)
{
size_t low = 0, high = count;
while (low < high) {
size_t middle = low + (high - low) / 2, i = 0;
const uint8_t *other = texts + offsets[middle];
size_t other_length = offsets[middle + 1] - offsets[middle];
while (i < length && i < other_length && (uint8_t)text[i] == other[i]) {
i++;
}
if (i == length && i == other_length) {
return (int64_t)codes[middle];
}
if (i == other_length || (i < length && (uint8_t)text[i] > other[i])) {
low = middle + 1;
} else {
high = middle;
}
}
return -3;
}

