#include "tally.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>

/* Every 1024th argument asks MPFR in any case: a check of the long doubles. */
enum { SAMPLED = 1024 };

/* The threads of one comparison take its chunks in turn. */
struct work {
    const struct function *function;
    const struct single_function *single_function;
    const struct subject *subject;
    uint64_t count;
    atomic_uint_fast64_t next;
};

struct worker {
    pthread_t thread;
    struct work *work;
    struct exact exact;
    struct tally tally;
};

void tally_add(struct tally *to, const struct tally *other) {
    for (uint64_t i = 0; i < other->wrong && i < WRONG_KEPT; i++) {
        if (to->wrong + i < WRONG_KEPT) {
            to->kept[to->wrong + i] = other->kept[i];
        }
    }
    to->arguments += other->arguments;
    to->wrong += other->wrong;
    to->by_mpfr += other->by_mpfr;
    to->host_differs += other->host_differs;
    to->host_error = fmax(to->host_error, other->host_error);
    to->closeness = fmax(to->closeness, other->closeness);
    for (int i = 0; i < other->hardest.count; i++) {
        hardest_offer(&to->hardest, other->hardest.items[i]);
    }
}

static void count_wrong(struct tally *tally, struct arguments at, double got, double right) {
    if (tally->wrong < WRONG_KEPT) {
        tally->kept[tally->wrong] = (struct wrong){at, got, right};
    }
    tally->wrong++;
}

static void compare_one(struct worker *worker, struct arguments at, bool certainly_exact) {
    const struct function *function = worker->work->function;
    const struct subject *subject = worker->work->subject;
    struct tally *tally = &worker->tally;
    struct nearest right = nearest(function, &worker->exact, at, certainly_exact);
    bool two = function->exact_of_two != NULL;
    double got = two ? subject->of_two(at.x, at.y) : subject->of_one(at.x);
    tally->arguments++;
    if (!same(got, right.value)) {
        count_wrong(tally, at, got, right.value);
    }
    if (right.by_mpfr) {
        tally->by_mpfr++;
        tally->closeness = fmax(tally->closeness, right.closeness);
        hardest_offer(&tally->hardest, (struct hard){at, right.value, right.distance});
    }
    if (!function->host && !function->host_of_two) {
        return;
    }
    double host = two ? function->host_of_two(at.x, at.y) : function->host(at.x);
    if (!same(host, right.value)) {
        long double error = fabsl((long double)host - right.close) / unit_of(right.value);
        tally->host_differs++;
        tally->host_error = fmax(tally->host_error, (double)error);
    }
}

static void *work_doubles(void *argument) {
    struct worker *worker = argument;
    struct work *work = worker->work;
    exact_open(&worker->exact);
    for (uint64_t first; (first = atomic_fetch_add(&work->next, CHUNK)) < work->count;) {
        struct random random = {first * UINT64_C(0x9e3779b97f4a7c15) ^ 1};
        for (uint64_t i = first; i < first + CHUNK && i < work->count; i++) {
            struct arguments at = draw(work->function, &random, i);
            compare_one(worker, at, i % SAMPLED == 0);
        }
    }
    exact_close(&worker->exact);
    return NULL;
}

static void compare_single(struct worker *worker, float x) {
    const struct single_function *function = worker->work->single_function;
    struct tally *tally = &worker->tally;
    bool by_mpfr;
    float right = nearest_single(function, &worker->exact, x, &by_mpfr);
    float got = worker->work->subject->single(x), host = function->host(x);
    tally->arguments++;
    tally->by_mpfr += by_mpfr;
    if (!same_single(got, right)) {
        count_wrong(tally, (struct arguments){(double)x, 0}, (double)got, (double)right);
    }
    if (!same_single(host, right)) {
        double unit = (double)(nextafterf(fabsf(right), INFINITY) - fabsf(right));
        tally->host_differs++;
        tally->host_error = fmax(tally->host_error, fabs((double)host - function->close((double)x)) / unit);
    }
}

static float single_of(uint32_t bits) {
    union {
        uint32_t bits;
        float value;
    } both = {bits};
    return both.value;
}

static void *work_singles(void *argument) {
    struct worker *worker = argument;
    struct work *work = worker->work;
    exact_open(&worker->exact);
    for (uint64_t first; (first = atomic_fetch_add(&work->next, CHUNK)) < work->count;) {
        for (uint64_t i = first; i < first + CHUNK; i++) {
            compare_single(worker, single_of((uint32_t)i));
        }
    }
    exact_close(&worker->exact);
    return NULL;
}

static void run(struct work *work, void *(*body)(void *), int jobs, struct tally *tally) {
    struct worker *workers = calloc((size_t)jobs, sizeof *workers);
    if (!workers) {
        abort();
    }
    for (int i = 0; i < jobs; i++) {
        workers[i].work = work;
        if (pthread_create(&workers[i].thread, NULL, body, &workers[i])) {
            abort();
        }
    }
    for (int i = 0; i < jobs; i++) {
        pthread_join(workers[i].thread, NULL);
        tally_add(tally, &workers[i].tally);
    }
    free(workers);
}

void compare(const struct function *function, const struct subject *subject, uint64_t count, int jobs,
             struct tally *tally) {
    struct worker given = {.work = &(struct work){.function = function, .subject = subject}};
    exact_open(&given.exact);
    for (int i = 0; i < tally->hardest.count; i++) {
        compare_one(&given, tally->hardest.items[i].at, true);
    }
    exact_close(&given.exact);
    tally_add(tally, &given.tally);
    run(&(struct work){.function = function, .subject = subject, .count = count}, work_doubles, jobs, tally);
}

void compare_singles(const struct single_function *function, const struct subject *subject, int jobs,
                     struct tally *tally) {
    struct work work = {.single_function = function, .subject = subject, .count = UINT64_C(1) << 32};
    run(&work, work_singles, jobs, tally);
}
