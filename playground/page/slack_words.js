// What Slack's answers mean where they are not said in words.

export const WORDS = {
  operation_timeout: "operation_timeout: the bot took longer than 3 seconds.",
  dispatch_failed: "dispatch_failed: the bot could not be reached.",
  http_service_error: "http_service_error: the bot answered with an error of its own.",
  http_client_error: "http_client_error: the bot refused the request.",
  invalid_command_response: "invalid_command_response: Slack would not show this answer.",
};

// Options with their groups' names, which do not go back with what is chosen.
export const grouped = ({ options = [], groups = [] }) =>
  options.map((option, index) => (groups[index] ? Object.defineProperty(option, "group", { value: groups[index] }) : option));
