package cron

import "time"

// every is an interval. Its times don't depend on when anything was started: they
// are multiples of it since 1970 began in UTC.
type every time.Duration

func (e every) next(after time.Time, zone *time.Location) time.Time {
	seconds, step := after.Unix(), int64(time.Duration(e)/time.Second)
	rest := ((seconds % step) + step) % step
	return time.Unix(seconds-rest+step, 0).In(zone)
}
