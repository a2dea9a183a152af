package site

import (
	"regexp"
	"strings"
)

// emoji are the short names that people and bots write most.
var emoji = func() map[string]string {
	out := map[string]string{}
	for line := range strings.FieldsFuncSeq(emojiNames, func(r rune) bool { return r == '\n' }) {
		names := strings.Fields(line)
		for _, name := range names[1:] {
			out[name] = names[0]
		}
	}
	return out
}()

const emojiNames = `👍 +1 thumbsup
👎 -1 thumbsdown
😄 smile
🙂 slightly_smiling_face
😉 wink
😕 confused
😢 cry
🤔 thinking
🎉 tada hooray
❤️ heart
🚀 rocket
👀 eyes
👏 clap
🙏 pray
👋 wave
💯 100
✅ white_check_mark
☑️ ballot_box_with_check
✔️ heavy_check_mark
❌ x
⚠️ warning
❗ exclamation heavy_exclamation_mark
❓ question
ℹ️ information_source
🚨 rotating_light
🛑 stop_sign octagonal_sign
🚧 construction
🔒 lock
🔓 unlock
🔑 key
🔥 fire
🐛 bug
✨ sparkles
⚡ zap
💡 bulb
💬 speech_balloon
📌 pushpin
📎 paperclip
🔗 link
📝 memo pencil
📅 date
📆 calendar
⏰ alarm_clock
⏳ hourglass_flowing_sand
🎯 dart
🏁 checkered_flag
🚂 steam_locomotive
🚃 railway_car
🚄 bullettrain_side
🚆 train2
🚉 station
🚊 tram
🚦 vertical_traffic_light
🛤️ railway_track
🎫 ticket
📦 package
🔧 wrench
🔨 hammer
🛠️ hammer_and_wrench
🧪 test_tube
🤖 robot
👷 construction_worker
🌱 seedling
🎂 birthday
☕ coffee
⬆️ arrow_up
⬇️ arrow_down
➡️ arrow_right
⬅️ arrow_left
🟢 green_circle
🟡 yellow_circle
🔴 red_circle
⭐ star`

var shortName = regexp.MustCompile(`:[a-z0-9_+-]{1,40}:`)

// faces puts the picture for :rocket: and the like where GitHub does: in
// running text, not in code.
func (at setting) faces(s string) string {
	if at.find == nil || !strings.Contains(s, ":") {
		return s
	}
	return shortName.ReplaceAllStringFunc(s, func(name string) string {
		if picture, known := emoji[strings.Trim(name, ":")]; known {
			return picture
		}
		return name
	})
}
