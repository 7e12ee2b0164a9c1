/* A record per spoken language of a movie: movie_id, language, name. See explode.h. */
#include "explode.h"

static const struct explode_key keys[] = {
    {"iso_639_1", "language", EXPLODE_STRING, EXPLODE_KEY},
    {"name", "name", EXPLODE_STRING, EXPLODE_REQUIRED},
};

static const struct explode_table table = {
    .purpose = "Turns each spoken language of a movie into a record of its own.",
    .column = "spoken_languages",
    .keys = keys,
    .count = sizeof keys / sizeof keys[0],
};

int
main(int argc, char **argv)
{
	return explode_main(&table, argc, argv);
}
