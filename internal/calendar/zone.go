package calendar

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/agext/levenshtein"
)

// maxName is the longest name that is compared with others, in bytes.
const maxName = 60

// regions are the first halves of IANA names.
var regions = []string{"Europe", "America/Argentina", "America", "Asia", "Australia", "Africa", "Pacific", "Atlantic"}

// cities are the zones that a misspelt name is compared with; any other that
// exists is as good.
var cities = strings.Fields(`
Africa/Cairo Africa/Casablanca Africa/Johannesburg Africa/Lagos Africa/Nairobi
America/Argentina/Buenos_Aires America/Bogota America/Caracas America/Chicago America/Denver America/Halifax
America/Lima America/Los_Angeles America/Mexico_City America/Montevideo America/New_York America/Phoenix
America/Santiago America/Sao_Paulo America/Toronto America/Vancouver
Asia/Bangkok Asia/Dhaka Asia/Dubai Asia/Ho_Chi_Minh Asia/Hong_Kong Asia/Jakarta Asia/Jerusalem Asia/Karachi
Asia/Kathmandu Asia/Kolkata Asia/Manila Asia/Riyadh Asia/Seoul Asia/Shanghai Asia/Singapore Asia/Taipei
Asia/Tashkent Asia/Tehran Asia/Tokyo
Australia/Adelaide Australia/Brisbane Australia/Lord_Howe Australia/Melbourne Australia/Perth Australia/Sydney
Atlantic/Reykjavik Europe/Amsterdam Europe/Athens Europe/Belgrade Europe/Berlin Europe/Brussels Europe/Bucharest
Europe/Budapest Europe/Copenhagen Europe/Dublin Europe/Helsinki Europe/Istanbul Europe/Kyiv Europe/Lisbon
Europe/Ljubljana Europe/London Europe/Luxembourg Europe/Madrid Europe/Moscow Europe/Oslo Europe/Paris
Europe/Prague Europe/Riga Europe/Rome Europe/Sofia Europe/Stockholm Europe/Tallinn Europe/Vienna Europe/Vilnius
Europe/Warsaw Europe/Zagreb Europe/Zurich Pacific/Apia Pacific/Auckland Pacific/Honolulu UTC`)

// parseZone takes IANA names alone: "Local" would be another zone on another
// machine.
func parseZone(zone string) (*time.Location, error) {
	if zone == "" || zone == "Local" {
		return nil, errors.New("the time zone is missing: write its IANA name, such as Europe/Berlin or UTC")
	}
	loc, err := time.LoadLocation(zone)
	if err == nil {
		return loc, nil
	}
	if near := nearestZone(zone); near != "" {
		return nil, fmt.Errorf("the time zone is not known: did you mean %s? Write its IANA name, such as Europe/Berlin or UTC", near)
	}
	return nil, errors.New("the time zone is not known: write its IANA name, such as Europe/Berlin or UTC")
}

// nearestZone finds what a misspelt zone or the bare name of a city stands for;
// "" if nothing is near.
func nearestZone(zone string) string {
	if len(zone) > maxName {
		return ""
	}
	words := strings.FieldsFunc(zone, func(r rune) bool { return r == ' ' || r == '_' })
	for i, w := range words {
		words[i] = strings.ToUpper(w[:1]) + strings.ToLower(w[1:])
	}
	if city := strings.Join(words, "_"); !strings.ContainsAny(city, "/.\\") {
		for _, region := range regions {
			if _, err := time.LoadLocation(region + "/" + city); err == nil {
				return region + "/" + city
			}
		}
	}
	if near := nearest(zone, cities); near != "" {
		return near
	}
	bare := map[string]string{}
	var names []string
	for _, name := range cities {
		city := name[strings.LastIndexByte(name, '/')+1:]
		bare[city] = name
		names = append(names, city)
	}
	return bare[nearest(zone, names)]
}

// nearest returns the name that differs least from a word, without regard to
// case; "" if none is near.
func nearest(word string, names []string) string {
	if len(word) > maxName {
		return ""
	}
	best, least := "", 3
	for _, name := range names {
		if d := levenshtein.Distance(strings.ToLower(word), strings.ToLower(name), nil); d < least && d < len(word) {
			best, least = name, d
		}
	}
	return best
}
