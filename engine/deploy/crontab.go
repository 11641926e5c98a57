package deploy

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/kubelua/kubelua/engine/cron"
)

// cronTab turns the text of a schedule into one that CronJobs take: five fields. It
// tells whether that is meant in UTC, whatever the zone of the job.
func cronTab(text string) (expression string, everywhere bool, err error) {
	words := strings.Fields(text)
	if strings.EqualFold(words[0], "@every") {
		expression, err = everyTab(words[1])
		return expression, true, err
	}
	if strings.HasPrefix(words[0], "@") {
		return strings.ToLower(words[0]), false, nil
	}
	if len(words) == 6 {
		if words[0] != "0" {
			return "", false, fmt.Errorf("a CronJob's schedule has no seconds: %q", text)
		}
		words = words[1:]
	}
	// With a step in one of them, such as */2, a CronJob takes days that fit either.
	if day, weekday := words[2], words[4]; strings.HasPrefix(day, "*/") && weekday[0] != '*' || strings.HasPrefix(weekday, "*/") && day[0] != '*' {
		return "", false, fmt.Errorf("a CronJob doesn't mean the same by the days of %q", text)
	}
	if words[4], err = weekdays(words[4]); err != nil {
		return "", false, err
	}
	return strings.Join(words, " "), false, nil
}

// everyTab is the expression for an interval, if it divides an hour or a day: its
// times are multiples of it in UTC.
func everyTab(text string) (string, error) {
	d, err := time.ParseDuration(text)
	if err != nil {
		return "", err
	}
	const day = 24 * time.Hour
	switch {
	case d == time.Minute:
		return "* * * * *", nil
	case d == time.Hour:
		return "0 * * * *", nil
	case d == day:
		return "0 0 * * *", nil
	case d < time.Hour && d%time.Minute == 0 && time.Hour%d == 0:
		return fmt.Sprintf("*/%d * * * *", d/time.Minute), nil
	case d < day && d%time.Hour == 0 && day%d == 0:
		return fmt.Sprintf("0 */%d * * *", d/time.Hour), nil
	}
	return "", fmt.Errorf("a CronJob can't run every %s: want minutes that divide an hour, or hours that divide a day", text)
}

// sunday is where a field for the weekday may say 7, or end a range with Sunday,
// which CronJobs don't understand.
var sunday = regexp.MustCompile(`(?i)7|-0|-sun`)

// weekdays writes a field for the weekday so that CronJobs understand it.
func weekdays(field string) (string, error) {
	if !sunday.MatchString(field) {
		return field, nil
	}
	schedule, err := cron.Parse(time.UTC, "0 0 * * "+field)
	if err != nil {
		return "", err
	}
	var days []string
	for day := range 7 {
		at := time.Date(2023, 1, 1+day, 0, 0, 0, 0, time.UTC) // the first was a Sunday
		if schedule.Next(at.Add(-1)).Equal(at) {
			days = append(days, strconv.Itoa(day))
		}
	}
	return strings.Join(days, ","), nil
}
