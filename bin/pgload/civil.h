/*
 * Days and dates of the proleptic Gregorian calendar, years 1 to 9999. A day is counted from
 * 1970-01-01. Years are counted from March, so that the leap day is a year's last, in eras of
 * 400 years.
 */
#ifndef CIVIL_H
#define CIVIL_H

#include <stdint.h>

struct civil {
	int64_t year;
	int month, day; /* from 1 */
};

int64_t civil_to_day(struct civil date);
struct civil civil_from_day(int64_t day);

#endif
