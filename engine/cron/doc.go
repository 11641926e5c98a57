// Package cron reckons the times of schedules: cron expressions and intervals, in
// a time zone.
//
// # When a time comes
//
// A schedule names times of a wall clock, and the wall clock of a zone is set
// forward and back. A time comes when the clock first shows it or something later.
// So one that the clock leaves out comes right after the gap, and several that it
// leaves out come together then, once; and one that the clock shows twice comes the
// first time.
//
// A schedule for every hour ("30 * * * *") goes by the clock instead, as cron(8)
// does for such: it comes whenever the clock shows it, so that an hour lies between
// two of its times on the days of a change, too. An interval ("@every 10m") doesn't
// ask the clock at all.
package cron
