/* An arena for cJSON: see arena.h. */
#include "arena.h"

#include <cjson/cJSON.h>
#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "msg.h"

enum { BLOCK = 1 << 16 };

struct block {
	struct block *older;
	size_t size, used;
	alignas(max_align_t) char data[];
};

/* The newest block is the largest; a reset keeps only it, unless it is out of the ordinary. */
static struct block *blocks;

static void
add_block(size_t need)
{
	size_t size = blocks ? 2 * blocks->size : BLOCK;
	struct block *b;

	while (size < need)
		size *= 2;
	b = malloc(sizeof *b + size);
	if (b == NULL)
		msg_die_errno("memory: %zu bytes", size);
	b->older = blocks;
	b->size = size;
	b->used = 0;
	blocks = b;
}

static void *
take(size_t n)
{
	void *p;

	if (n > SIZE_MAX / 4)
		return NULL;
	n = (n + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
	if (blocks == NULL || blocks->size - blocks->used < n)
		add_block(n);
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
	if (blocks == NULL)
		return;
	free_from(blocks->older);
	blocks->older = NULL;
	blocks->used = 0;
	if (blocks->size > 64 * BLOCK) {
		free_from(blocks);
		blocks = NULL;
	}
}

void
arena_free(void)
{
	free_from(blocks);
	blocks = NULL;
}
