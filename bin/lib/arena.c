/* An arena for cJSON: see arena.h. */
#include "arena.h"

#include <cjson/cJSON.h>
#include <stdalign.h>
#include <stddef.h>
#include <stdlib.h>

#include "msg.h"

enum { BLOCK = 1 << 16 };

struct block {
	struct block *older;
	size_t size, used;
	alignas(max_align_t) char data[];
};

/* A reset keeps only the newest block, unless it is out of the ordinary. */
static struct block *blocks;
static size_t total; /* of their sizes */
static bool full;

/* False if the arena would become too large. */
static bool
add_block(size_t need)
{
	size_t size = blocks ? 2 * blocks->size : BLOCK, rest = ARENA_MAX - total;
	struct block *b;

	full = need > rest;
	if (full)
		return false;
	while (size < need)
		size *= 2;
	if (size > rest)
		size = rest;
	b = malloc(sizeof *b + size);
	if (b == NULL)
		msg_die_errno("memory: %zu bytes", size);
	b->older = blocks;
	b->size = size;
	b->used = 0;
	blocks = b;
	total += size;
	return true;
}

static void *
take(size_t n)
{
	void *p;

	if (n > ARENA_MAX) {
		full = true;
		return NULL;
	}
	n = (n + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
	if ((blocks == NULL || blocks->size - blocks->used < n) && !add_block(n))
		return NULL;
	p = blocks->data + blocks->used;
	blocks->used += n;
	return p;
}

static void
give_back(void *p)
{
	(void)p;
}

void
arena_install(void)
{
	cJSON_Hooks hooks = {.malloc_fn = take, .free_fn = give_back};

	cJSON_InitHooks(&hooks);
}

static void
free_from(struct block *b)
{
	while (b != NULL) {
		struct block *older = b->older;
		free(b);
		b = older;
	}
}

void
arena_reset(void)
{
	full = false;
	if (blocks == NULL)
		return;
	if (blocks->size > 64 * BLOCK) {
		arena_free();
		return;
	}
	free_from(blocks->older);
	blocks->older = NULL;
	blocks->used = 0;
	total = blocks->size;
}

bool
arena_is_full(void)
{
	return full;
}

void
arena_free(void)
{
	free_from(blocks);
	blocks = NULL;
	total = 0;
}
