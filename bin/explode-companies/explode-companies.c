/* A record per production company of a movie: movie_id, company_id, company. See explode.h. */
#include "explode.h"

static const struct explode_key keys[] = {
    {"id", "company_id", EXPLODE_INTEGER, EXPLODE_KEY},
    {"name", "company", EXPLODE_STRING, EXPLODE_REQUIRED},
};

static const struct explode_table table = {
    .purpose = "Turns each production company of a movie into a record of its own.",
    .column = "production_companies",
    .keys = keys,
    .count = sizeof keys / sizeof keys[0],
};

int
main(int argc, char **argv)
{
	return explode_main(&table, argc, argv);
}
