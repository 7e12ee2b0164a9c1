/* A record per part in a movie's cast: movie_id, cast_id, character, credit_id, gender,
 * person_id, name, order, profile_path. See explode.h. */
#include "explode.h"

static const struct explode_key keys[] = {
    {"cast_id", "cast_id", EXPLODE_INTEGER, EXPLODE_OPTIONAL},
    {"character", "character", EXPLODE_STRING, EXPLODE_OPTIONAL},
    {"credit_id", "credit_id", EXPLODE_STRING, EXPLODE_OPTIONAL},
    {"gender", "gender", EXPLODE_INTEGER, EXPLODE_OPTIONAL},
    {"id", "person_id", EXPLODE_INTEGER, EXPLODE_KEY},
    {"name", "name", EXPLODE_STRING, EXPLODE_REQUIRED},
    {"order", "order", EXPLODE_INTEGER, EXPLODE_OPTIONAL},
    {"profile_path", "profile_path", EXPLODE_STRING, EXPLODE_OPTIONAL},
};

static const struct explode_table table = {
    .purpose = "Turns each part in the cast of a movie into a record of its own.",
    .column = "cast",
    .keys = keys,
    .count = sizeof keys / sizeof keys[0],
};

int
main(int argc, char **argv)
{
	return explode_main(&table, argc, argv);
}
