// SPDX-License-Identifier: GPL-2.0-only
// The only file that includes CLI11; its exceptions and its wording stop here.
#include "command_line.hpp"

#include "nearest.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>

namespace amp::ctl {
namespace {

Error usage_error(std::string message, std::string remedy) {
    return Error{ExitStatus::usage, std::move(message), std::move(remedy)};
}

Outcome<const Command*> pick_command(const std::string& word) {
    if (const Command* command = find_command(word))
        return command;
    if (word.starts_with("-"))
        return Err{usage_error(fmt::format("\"{}\" comes before a command", word),
                               "options follow the command: `ampctl help`")};
    std::vector<std::string> names;
    for (const Command* command : all_commands())
        names.emplace_back(command->name);
    const auto guess = nearest(word, names);
    return Err{usage_error(fmt::format("no command \"{}\"", word),
                           guess ? fmt::format("did you mean \"{}\"?", *guess) : "`ampctl help` lists them")};
}

constexpr std::string_view digits = "0123456789";

// What text should be where it can't be the option's value.
std::optional<std::string_view> mistake(const Option& option, const std::string& text) {
    if (option.value == Value::text)
        return std::nullopt;
    char* end = nullptr;
    const double value = std::strtod(text.c_str(), &end);
    const bool is_number = !text.empty() && digits.find(text.front()) != std::string_view::npos &&
                           *end == '\0' && value < 1e9;
    if (option.value == Value::seconds)
        return is_number ? std::nullopt : std::optional<std::string_view>("a number of seconds below 1000000000");
    const bool is_count = is_number && value >= 1 && text.find_first_not_of(digits) == std::string::npos;
    return is_count ? std::nullopt : std::optional<std::string_view>("a whole number from 1 to 999999999");
}

// One CLI11 app per command, made from its tables; the values land in vectors that live as long as the app.
class Parser {
public:
    explicit Parser(const Command& command)
        : command_(command), switches_(command.options.size()), values_(command.options.size()) {
        app_.set_help_flag();
        app_.allow_extras();
        app_.add_flag("-h,--help", help_);
        for (std::size_t i = 0; i < command.options.size(); ++i) {
            const std::string name(command.options[i].name);
            if (command.options[i].argument.empty())
                given_.push_back(app_.add_flag(name, switches_[i]));
            else
                given_.push_back(
                    app_.add_option(name, values_[i])->multi_option_policy(CLI::MultiOptionPolicy::TakeLast));
        }
        result_.command = &command;
    }

    Outcome<CommandLine> parse(std::vector<std::string> words) {
        std::reverse(words.begin(), words.end()); // CLI11 pops from the back
        try {
            app_.parse(words);
        } catch (const CLI::ArgumentMismatch& error) {
            const std::string text = error.what(); // "--live: 1 required TEXT missing"
            return Err{usage_error(fmt::format("{} lacks its value", text.substr(0, text.find(':'))), see_help())};
        } catch (const CLI::ParseError& error) {
            return Err{usage_error(error.what(), see_help())};
        }
        result_.wants_help = help_ > 0;
        if (help_ > 0)
            return result_;
        if (auto options = take_options(); !options)
            return Err{options.error()};
        if (auto positionals = take_positionals(app_.remaining()); !positionals)
            return Err{positionals.error()};
        return result_;
    }

private:
    [[nodiscard]] std::string see_help() const { return fmt::format("see `ampctl help {}`", command_.name); }

    Outcome<Done> take_options() {
        for (std::size_t i = 0; i < command_.options.size(); ++i) {
            const Option& option = command_.options[i];
            if (given_[i]->count() == 0)
                continue;
            if (const auto wanted = mistake(option, values_[i]))
                return Err{
                    usage_error(fmt::format("{} takes {}, not \"{}\"", option.name, *wanted, values_[i]), see_help())};
            result_.arguments.options.emplace(option.name, values_[i]);
        }
        return Done{};
    }

    Outcome<Done> take_positionals(const std::vector<std::string>& words) {
        auto& positionals = result_.arguments.positionals;
        positionals.resize(command_.positionals.size());
        std::size_t place = 0;
        bool only_words = false;
        for (const std::string& word : words) {
            if (!only_words && word == "--") {
                only_words = true;
                continue;
            }
            if (!only_words && word.size() > 1 && word.starts_with("-"))
                return Err{unknown_option(word)};
            if (place == positionals.size())
                return Err{usage_error(fmt::format("\"{}\" is one argument too many", word), see_help())};
            positionals[place].push_back(word);
            if (!command_.positionals[place].many)
                ++place;
        }
        for (std::size_t i = 0; i < positionals.size(); ++i) {
            if (command_.positionals[i].required && positionals[i].empty())
                return Err{usage_error(fmt::format("{} is missing", command_.positionals[i].name), see_help())};
        }
        return Done{};
    }

    [[nodiscard]] Error unknown_option(const std::string& word) const {
        std::vector<std::string> names{"--help"};
        for (const Option& option : command_.options)
            names.emplace_back(option.name);
        const auto guess = nearest(word, names);
        return usage_error(fmt::format("{} has no option \"{}\"", command_.name, word),
                           guess ? fmt::format("did you mean \"{}\"?", *guess) : see_help());
    }

    const Command& command_;
    CLI::App app_;
    int help_ = 0;
    std::vector<int> switches_;
    std::vector<std::string> values_;
    std::vector<CLI::Option*> given_;
    CommandLine result_;
};

} // namespace

Outcome<CommandLine> parse_command_line(std::span<const std::string> words) {
    if (words.empty())
        return Err{usage_error("no command given", "`ampctl help` lists them")};
    std::string first = words.front();
    if (first == "-h" || first == "--help")
        first = "help";
    if (first == "--version")
        first = "version";
    auto command = pick_command(first);
    if (!command)
        return Err{command.error()};
    return Parser(**command).parse({words.begin() + 1, words.end()});
}

} // namespace amp::ctl
