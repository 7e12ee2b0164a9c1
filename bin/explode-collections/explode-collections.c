/* A record for the collection of a movie: movie_id, collection_id, collection, poster_path,
 * backdrop_path. See explode.h. */
#include "explode.h"

static const struct explode_key keys[] = {
    {"id", "collection_id", EXPLODE_INTEGER, EXPLODE_KEY},
    {"name", "collection", EXPLODE_STRING, EXPLODE_REQUIRED},
    {"poster_path", "poster_path", EXPLODE_STRING, EXPLODE_OPTIONAL},
    {"backdrop_path", "backdrop_path", EXPLODE_STRING, EXPLODE_OPTIONAL},
};

static const struct explode_table table = {
    .purpose = "Turns the collection that a movie belongs to into a record of its own.",
    .column = "belongs_to_collection",
    .single = true,
    .keys = keys,
    .count = sizeof keys / sizeof keys[0],
};

int
main(int argc, char **argv)
{
	return explode_main(&table, argc, argv);
}
