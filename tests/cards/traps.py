"""Words that a platform would misread as its own markup."""

WORDS = "2 * 3 *4* _5_ snake_case ~6~ `7` <!channel> @here <@U1> & &amp; > 8 :mag: a|b 10:30:00 http://example.com"
