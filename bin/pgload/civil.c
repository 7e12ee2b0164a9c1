/* The calendar: see civil.h. */
#include "civil.h"

enum {
	TO_1970 = 719468, /* days from 0000-03-01 */
	ERA_YEARS = 400,
	ERA_DAYS = 146097
};

int64_t
civil_to_day(struct civil date)
{
	int64_t year = date.month > 2 ? date.year : date.year - 1;
	int64_t era = year / ERA_YEARS, of_era = year % ERA_YEARS;
	int64_t month = date.month > 2 ? date.month - 3 : date.month + 9;
	int64_t of_year = (153 * month + 2) / 5 + date.day - 1;

	return ERA_DAYS * era + 365 * of_era + of_era / 4 - of_era / 100 + of_year - TO_1970;
}

struct civil
civil_from_day(int64_t day)
{
	int64_t d = day + TO_1970;
	int64_t era = d / ERA_DAYS, of_era = d % ERA_DAYS;
	int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
	int64_t m = (5 * of_year + 2) / 153;
	int month = (int)(m < 10 ? m + 3 : m - 9);

	return (struct civil){ERA_YEARS * era + year + (month <= 2), month,
	    (int)(of_year - (153 * m + 2) / 5) + 1};
}
