package calendar

import (
	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/ar"
	"github.com/rickar/cal/v2/at"
	"github.com/rickar/cal/v2/au"
	"github.com/rickar/cal/v2/be"
	"github.com/rickar/cal/v2/bg"
	"github.com/rickar/cal/v2/br"
	"github.com/rickar/cal/v2/ca"
	"github.com/rickar/cal/v2/ch"
	"github.com/rickar/cal/v2/cz"
	"github.com/rickar/cal/v2/de"
	"github.com/rickar/cal/v2/dk"
	"github.com/rickar/cal/v2/es"
	"github.com/rickar/cal/v2/fr"
	"github.com/rickar/cal/v2/gb"
	"github.com/rickar/cal/v2/gr"
	"github.com/rickar/cal/v2/hr"
	"github.com/rickar/cal/v2/ie"
	"github.com/rickar/cal/v2/it"
	"github.com/rickar/cal/v2/jp"
	"github.com/rickar/cal/v2/lt"
	"github.com/rickar/cal/v2/lv"
	"github.com/rickar/cal/v2/mw"
	"github.com/rickar/cal/v2/nc"
	"github.com/rickar/cal/v2/nl"
	"github.com/rickar/cal/v2/no"
	"github.com/rickar/cal/v2/nz"
	"github.com/rickar/cal/v2/pl"
	"github.com/rickar/cal/v2/ro"
	"github.com/rickar/cal/v2/ru"
	"github.com/rickar/cal/v2/se"
	"github.com/rickar/cal/v2/si"
	"github.com/rickar/cal/v2/sk"
	"github.com/rickar/cal/v2/ua"
	"github.com/rickar/cal/v2/us"
	"github.com/rickar/cal/v2/za"
)

// country has the public holidays of a country or of a part of one.
type country struct {
	name     string
	holidays []*cal.Holiday
}

// countries are those whose holidays are known, by ISO 3166 code.
var countries = map[string]country{
	"AR":     {"Argentina", ar.Holidays},
	"AT":     {"Austria", at.Holidays},
	"AU-ACT": {"Australia, ACT", au.HolidaysACT},
	"AU-NSW": {"Australia, NSW", au.HolidaysNSW},
	"AU-NT":  {"Australia, NT", au.HolidaysNT},
	"AU-QLD": {"Australia, QLD", au.HolidaysQLD},
	"AU-SA":  {"Australia, SA", au.HolidaysSA},
	"AU-TAS": {"Australia, TAS", au.HolidaysTAS},
	"AU-VIC": {"Australia, VIC", au.HolidaysVIC},
	"AU-WA":  {"Australia, WA", au.HolidaysWA},
	"BE":     {"Belgium", be.Holidays},
	"BG":     {"Bulgaria", bg.Holidays},
	"BR":     {"Brazil", br.Holidays},
	"CA":     {"Canada", ca.Holidays},
	"CH":     {"Switzerland", ch.Holidays},
	"CH-ZH":  {"Switzerland, ZH", ch.HolidaysZH},
	"CH-BE":  {"Switzerland, BE", ch.HolidaysBE},
	"CH-LU":  {"Switzerland, LU", ch.HolidaysLU},
	"CH-UR":  {"Switzerland, UR", ch.HolidaysUR},
	"CH-SZ":  {"Switzerland, SZ", ch.HolidaysSZ},
	"CH-OW":  {"Switzerland, OW", ch.HolidaysOW},
	"CH-NW":  {"Switzerland, NW", ch.HolidaysNW},
	"CH-GL":  {"Switzerland, GL", ch.HolidaysGL},
	"CH-ZG":  {"Switzerland, ZG", ch.HolidaysZG},
	"CH-FR":  {"Switzerland, FR", ch.HolidaysFR},
	"CH-SO":  {"Switzerland, SO", ch.HolidaysSO},
	"CH-BS":  {"Switzerland, BS", ch.HolidaysBS},
	"CH-BL":  {"Switzerland, BL", ch.HolidaysBL},
	"CH-SH":  {"Switzerland, SH", ch.HolidaysSH},
	"CH-AR":  {"Switzerland, AR", ch.HolidaysAR},
	"CH-AI":  {"Switzerland, AI", ch.HolidaysAI},
	"CH-SG":  {"Switzerland, SG", ch.HolidaysSG},
	"CH-GR":  {"Switzerland, GR", ch.HolidaysGR},
	"CH-AG":  {"Switzerland, AG", ch.HolidaysAG},
	"CH-TG":  {"Switzerland, TG", ch.HolidaysTG},
	"CH-VD":  {"Switzerland, VD", ch.HolidaysVD},
	"CH-TI":  {"Switzerland, TI", ch.HolidaysTI},
	"CH-VS":  {"Switzerland, VS", ch.HolidaysVS},
	"CH-NE":  {"Switzerland, NE", ch.HolidaysNE},
	"CH-GE":  {"Switzerland, GE", ch.HolidaysGE},
	"CH-JU":  {"Switzerland, JU", ch.HolidaysJU},
	"CZ":     {"Czechia", cz.Holidays},
	"DE":     {"Germany", de.Holidays},
	"DE-BW":  {"Germany, BW", de.HolidaysBW},
	"DE-BY":  {"Germany, BY", de.HolidaysBY},
	"DE-BE":  {"Germany, BE", de.HolidaysBE},
	"DE-BB":  {"Germany, BB", de.HolidaysBB},
	"DE-HB":  {"Germany, HB", de.HolidaysHB},
	"DE-HH":  {"Germany, HH", de.HolidaysHH},
	"DE-HE":  {"Germany, HE", de.HolidaysHE},
	"DE-MV":  {"Germany, MV", de.HolidaysMV},
	"DE-NI":  {"Germany, NI", de.HolidaysNI},
	"DE-NW":  {"Germany, NW", de.HolidaysNW},
	"DE-RP":  {"Germany, RP", de.HolidaysRP},
	"DE-SL":  {"Germany, SL", de.HolidaysSL},
	"DE-SN":  {"Germany, SN", de.HolidaysSN},
	"DE-ST":  {"Germany, ST", de.HolidaysST},
	"DE-SH":  {"Germany, SH", de.HolidaysSH},
	"DE-TH":  {"Germany, TH", de.HolidaysTH},
	"DK":     {"Denmark", dk.Holidays},
	"ES":     {"Spain", es.Holidays},
	"FR":     {"France", fr.Holidays},
	"GB":     {"United Kingdom", gb.Holidays},
	"GR":     {"Greece", gr.Holidays},
	"HR":     {"Croatia", hr.Holidays},
	"IE":     {"Ireland", ie.Holidays},
	"IT":     {"Italy", it.Holidays},
	"JP":     {"Japan", jp.Holidays},
	"LT":     {"Lithuania", lt.Holidays},
	"LV":     {"Latvia", lv.Holidays},
	"MW":     {"Malawi", mw.Holidays},
	"NC":     {"New Caledonia", nc.Holidays},
	"NL":     {"Netherlands", nl.Holidays},
	"NO":     {"Norway", no.Holidays},
	"NZ":     {"New Zealand", nz.Holidays},
	"PL":     {"Poland", pl.Holidays},
	"RO":     {"Romania", ro.Holidays},
	"RU":     {"Russia", ru.Holidays},
	"SE":     {"Sweden", se.Holidays},
	"SI":     {"Slovenia", si.Holidays},
	"SK":     {"Slovakia", sk.Holidays},
	"UA":     {"Ukraine", ua.Holidays},
	"US":     {"United States", us.Holidays},
	"ZA":     {"South Africa", za.Holidays},
}
