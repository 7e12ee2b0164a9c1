/* A record per production country of a movie: movie_id, country, name. See explode.h. */
#include "explode.h"

static const struct explode_key keys[] = {
    {"iso_3166_1", "country", EXPLODE_STRING, EXPLODE_KEY},
    {"name", "name", EXPLODE_STRING, EXPLODE_REQUIRED},
};

static const struct explode_table table = {
    .purpose = "Turns each production country of a movie into a record of its own.",
    .column = "production_countries",
    .keys = keys,
    .count = sizeof keys / sizeof keys[0],
};

int
main(int argc, char **argv)
{
	return explode_main(&table, argc, argv);
}
