/* A record per job in a movie's crew: movie_id, credit_id, department, gender, job, person_id,
 * name, profile_path. See explode.h. */
#include "explode.h"

static const struct explode_key keys[] = {
    {"credit_id", "credit_id", EXPLODE_STRING, EXPLODE_OPTIONAL},
    {"department", "department", EXPLODE_STRING, EXPLODE_OPTIONAL},
    {"gender", "gender", EXPLODE_INTEGER, EXPLODE_OPTIONAL},
    {"job", "job", EXPLODE_STRING, EXPLODE_OPTIONAL},
    {"id", "person_id", EXPLODE_INTEGER, EXPLODE_KEY},
    {"name", "name", EXPLODE_STRING, EXPLODE_REQUIRED},
    {"profile_path", "profile_path", EXPLODE_STRING, EXPLODE_OPTIONAL},
};

static const struct explode_table table = {
    .purpose = "Turns each job in the crew of a movie into a record of its own.",
    .column = "crew",
    .keys = keys,
    .count = sizeof keys / sizeof keys[0],
};

int
main(int argc, char **argv)
{
	return explode_main(&table, argc, argv);
}
