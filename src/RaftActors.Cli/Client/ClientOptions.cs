using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace RaftActors.Cli.Client;

/// <summary>The options of all commands to servers.</summary>
internal sealed class ClientOptions
{
    private const double TimeoutSecondsMax = 86_400;

    public Option<ImmutableArray<ServerId>> Servers { get; } = new("--server", "-S")
    {
        Description = "The servers to ask, with commas between: ':9990,:9991'. The next one is asked when one cannot be reached, does not "
            + "answer, or does not know. Which of them leads does not matter.",
        HelpName = "list",
        CustomParser = ParseServers,
        DefaultValueFactory = _ => ClientSettings.DefaultServers,
    };

    public Option<TimeSpan?> Timeout { get; } = new("--timeout")
    {
        Description = $"For how long to try, all in all. Fractions may be given. Default: {ClientSettings.DefaultTimeout.TotalSeconds}.",
        HelpName = "seconds",
        CustomParser = ParseTimeout,
    };

    public Option<bool> Json { get; } = CommandLine.Json();

    public void AddTo(Command command)
    {
        command.Add(Servers);
        command.Add(Timeout);
        command.Add(Json);
    }

    public ClientSettings Read(ParseResult parsed) =>
        new(parsed.GetValue(Servers), parsed.GetValue(Timeout) ?? ClientSettings.DefaultTimeout, parsed.GetValue(Json));

    public static ServerId? ParseServer(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (ServerId.TryParse(text, out var id))
        {
            return id;
        }

        result.AddError($"'{text}' is no server: write ':9990', '9990' or 'host:9990'");
        return null;
    }

    public static ImmutableArray<ServerId> ParseServers(ArgumentResult result)
    {
        var servers = ImmutableArray.CreateBuilder<ServerId>();
        foreach (var text in result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.TrimEntries)))
        {
            if (!ServerId.TryParse(text, out var id))
            {
                result.AddError($"'{text}' is no server: write ':9990', '9990' or 'host:9990', and commas between several");
                return ClientSettings.DefaultServers;
            }

            if (!servers.Contains(id))
            {
                servers.Add(id);
            }
        }

        return servers.ToImmutable();
    }

    private static TimeSpan? ParseTimeout(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
            && seconds is > 0 and <= TimeoutSecondsMax)
        {
            return TimeSpan.FromSeconds(seconds);
        }

        result.AddError($"'{text}' is no timeout: a number of seconds above 0, at most {TimeoutSecondsMax}");
        return null;
    }
}
