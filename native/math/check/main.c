#define _GNU_SOURCE
#include "search.h"
#include "tally.h"

#include <dlfcn.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct options {
    const char *library;
    uint64_t arguments;
    uint64_t search, seed; /* blocks to search for hard arguments, and which */
    int jobs;
    const char *functions; /* names between commas; NULL for all */
    const char *hard;      /* the folder with the lists of hard arguments */
    bool write_hard, singles;
};

static int usage(void) {
    fputs("check LIBRARY [--arguments N] [--jobs N] [--functions exp,log] [--hard DIR] [--write-hard]\n"
          "      [--search BLOCKS [--seed N]] [--singles]\n",
          stderr);
    return 2;
}

static bool parse(int count, char **values, struct options *options) {
    *options = (struct options){.library = count > 1 ? values[1] : NULL, .arguments = 1000000, .jobs = 1};
    for (int i = 2; i < count; i++) {
        const char *next = i + 1 < count ? values[i + 1] : NULL;
        if (!strcmp(values[i], "--write-hard")) {
            options->write_hard = true;
        } else if (!strcmp(values[i], "--singles")) {
            options->singles = true;
        } else if (!next) {
            return false;
        } else if (!strcmp(values[i], "--arguments")) {
            options->arguments = strtoull(values[++i], NULL, 10);
        } else if (!strcmp(values[i], "--search")) {
            options->search = strtoull(values[++i], NULL, 10);
        } else if (!strcmp(values[i], "--seed")) {
            options->seed = strtoull(values[++i], NULL, 10);
        } else if (!strcmp(values[i], "--jobs")) {
            options->jobs = atoi(values[++i]);
        } else if (!strcmp(values[i], "--functions")) {
            options->functions = values[++i];
        } else if (!strcmp(values[i], "--hard")) {
            options->hard = values[++i];
        } else {
            return false;
        }
    }
    return options->library && options->jobs > 0 && (options->hard || !options->write_hard);
}

static bool chosen(const struct options *options, const char *name) {
    char list[512], wanted[64];
    snprintf(list, sizeof list, ",%s,", options->functions ? options->functions : name);
    snprintf(wanted, sizeof wanted, ",%s,", name);
    return strstr(list, wanted) != NULL;
}

/* The function of that name; a library without it ends the program. */
static struct subject subject_of(void *library, const char *name) {
    char symbol[64];
    snprintf(symbol, sizeof symbol, "mp_math_%s", name);
    void *found = dlsym(library, symbol);
    if (!found) {
        fprintf(stderr, "the library has no %s\n", symbol);
        exit(2);
    }
    struct subject subject;
    memcpy(&subject.of_one, &found, sizeof found);
    memcpy(&subject.of_two, &found, sizeof found);
    memcpy(&subject.single, &found, sizeof found);
    return subject;
}

static void print_head(void) {
    puts("| function | arguments | wrong | decided by MPFR | closest to a midpoint | glibc differs | its greatest error |");
    puts("|---|---|---|---|---|---|---|");
}

static void print_row(const char *name, bool in_libm, const struct tally *tally) {
    double all = (double)tally->arguments;
    printf("| %s | %llu | %llu | %.3f %% | ", name, (unsigned long long)tally->arguments,
           (unsigned long long)tally->wrong, 100 * (double)tally->by_mpfr / all);
    if (tally->hardest.count) {
        printf("2^%.1f units | ", log2(tally->hardest.items[0].distance));
    } else {
        printf("| ");
    }
    if (in_libm) {
        printf("%.4f %% (%llu) | %.3f units |\n", 100 * (double)tally->host_differs / all,
               (unsigned long long)tally->host_differs, tally->host_error);
    } else {
        puts("has none | |");
    }
    fflush(stdout);
    for (uint64_t i = 0; i < tally->wrong && i < WRONG_KEPT; i++) {
        const struct wrong *wrong = &tally->kept[i];
        fprintf(stderr, "%s(%a, %a): %a, not %a\n", name, wrong->at.x, wrong->at.y, wrong->got, wrong->right);
    }
}

/* False where an answer is wrong, or where the long doubles are no closer than half of what is taken for granted. */
static bool check(const struct options *options, void *library, const struct function *function) {
    struct subject subject = subject_of(library, function->name);
    struct tally tally = {0};
    if (options->hard && !hardest_read(&tally.hardest, options->hard, function)) {
        fprintf(stderr, "%s: the list of hard arguments is damaged\n", function->name);
        return false;
    }
    search(function, options->seed, options->search, &tally.hardest);
    compare(function, &subject, options->arguments, options->jobs, &tally);
    print_row(function->name, function->host || function->host_of_two, &tally);
    if (tally.closeness > ldexp(1, -function->closeness - 1)) {
        fprintf(stderr, "%s: a long double is off by 2^%.2f\n", function->name, log2(tally.closeness));
        return false;
    }
    if (options->write_hard && !hardest_write(&tally.hardest, options->hard, function)) {
        fprintf(stderr, "%s: the list of hard arguments cannot be written\n", function->name);
        return false;
    }
    return tally.wrong == 0;
}

int main(int count, char **values) {
    struct options options;
    if (!parse(count, values, &options)) {
        return usage();
    }
    void *library = dlopen(options.library, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        fprintf(stderr, "%s\n", dlerror());
        return 2;
    }
    bool good = true;
    print_head();
    for (int i = 0; i < function_count; i++) {
        if (chosen(&options, functions[i].name)) {
            good = check(&options, library, &functions[i]) && good;
        }
    }
    for (int i = 0; options.singles && i < single_function_count; i++) {
        if (chosen(&options, single_functions[i].name)) {
            struct subject subject = subject_of(library, single_functions[i].name);
            struct tally tally = {0};
            compare_singles(&single_functions[i], &subject, options.jobs, &tally);
            print_row(single_functions[i].name, true, &tally);
            good = tally.wrong == 0 && good;
        }
    }
    return !good;
}
