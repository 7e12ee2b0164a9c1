/* A record per keyword of a movie: movie_id, keyword_id, keyword. See explode.h. */
#include "explode.h"

static const struct explode_key keys[] = {
    {"id", "keyword_id", EXPLODE_INTEGER, EXPLODE_KEY},
    {"name", "keyword", EXPLODE_STRING, EXPLODE_REQUIRED},
};

static const struct explode_table table = {
    .purpose = "Turns each keyword of a movie into a record of its own.",
    .column = "keywords",
    .keys = keys,
    .count = sizeof keys / sizeof keys[0],
};

int
main(int argc, char **argv)
{
	return explode_main(&table, argc, argv);
}
