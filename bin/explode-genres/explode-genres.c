/* A record per genre of a movie: movie_id, genre_id, genre. See explode.h. */
#include "explode.h"

static const struct explode_key keys[] = {
    {"id", "genre_id", EXPLODE_INTEGER, EXPLODE_KEY},
    {"name", "genre", EXPLODE_STRING, EXPLODE_REQUIRED},
};

static const struct explode_table table = {
    .purpose = "Turns each genre of a movie into a record of its own.",
    .column = "genres",
    .keys = keys,
    .count = sizeof keys / sizeof keys[0],
};

int
main(int argc, char **argv)
{
	return explode_main(&table, argc, argv);
}
