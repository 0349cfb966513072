// Emoji by the names Slack has for them; the page needs no list from elsewhere.

export const EMOJI = {
  mag: "🔍", mag_right: "🔎", books: "📚", test_tube: "🧪", "+1": "👍", thumbsup: "👍", "-1": "👎", eyes: "👀",
  tada: "🎉", heart: "❤️", bulb: "💡", white_check_mark: "✅", wave: "👋", warning: "⚠️", rocket: "🚀", calendar: "📅",
  speech_balloon: "💬", arrow_left: "⬅️", arrow_right: "➡️", question: "❓", bell: "🔔", no_bell: "🔕", link: "🔗",
  robot_face: "🤖", scales: "⚖️", compass: "🧭", seedling: "🌱", pencil2: "✏️", lock: "🔒", sparkles: "✨",
  hourglass_flowing_sand: "⏳", information_source: "ℹ️", memo: "📝", star: "⭐", fire: "🔥", thinking_face: "🤔",
  pushpin: "📌", raised_hands: "🙌", clap: "👏", page_facing_up: "📄", game_die: "🎲", gear: "⚙️", shield: "🛡️",
  smile: "😄", grinning: "😀", joy: "😂", wink: "😉", blush: "😊", slightly_smiling_face: "🙂", sweat_smile: "😅", heart_eyes: "😍",
  sunglasses: "😎", open_mouth: "😮", cry: "😢", angry: "😠", neutral_face: "😐", confused: "😕", partying_face: "🥳", exploding_head: "🤯",
  face_with_monocle: "🧐", nerd_face: "🤓", pray: "🙏", muscle: "💪", ok_hand: "👌", point_up: "☝️", handshake: "🤝", "100": "💯",
  green_heart: "💚", blue_heart: "💙", broken_heart: "💔", zap: "⚡", sunny: "☀️", rainbow: "🌈", coffee: "☕", cake: "🍰", pizza: "🍕",
  trophy: "🏆", dart: "🎯", hammer_and_wrench: "🛠️", wrench: "🔧", bug: "🐛", microscope: "🔬", telescope: "🔭", bar_chart: "📊",
  chart_with_upwards_trend: "📈", chart_with_downwards_trend: "📉", clipboard: "📋", paperclip: "📎", email: "📧", phone: "📞", computer: "💻",
  hourglass: "⌛", alarm_clock: "⏰", x: "❌", heavy_check_mark: "✔️", exclamation: "❗", no_entry: "⛔", recycle: "♻️", earth_africa: "🌍",
};

export const spoken = (name) => ({ "+1": "thumbs up", "-1": "thumbs down", "100": "a hundred" })[name] ?? name.replaceAll("_", " ");
