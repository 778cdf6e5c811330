using System.CommandLine;
using System.CommandLine.Parsing;

using RaftActors.Cli.Security;

namespace RaftActors.Cli.Client;

/// <summary>The options that all commands to servers share.</summary>
internal sealed class ClientOptions
{
    /// <summary>The environment variable with the default of --server.</summary>
    public const string ServersVariable = "RAFT_SERVERS";

    /// <summary>The environment variable with the default of --timeout.</summary>
    public const string TimeoutVariable = "RAFT_TIMEOUT";

    private static readonly TimeSpan TimeoutMax = TimeSpan.FromDays(1);

    public ClientOptions(CommandEnvironment environment)
    {
        Security = new SecurityOptions(environment);
        Servers = new("--server", "-S")
        {
            Description = "The servers to ask, separated by commas: ':9990,:9991'. If one cannot be reached or refuses, the "
                + "next one is asked. Appends and queries also go on after no answer. Any of them may be the leader. Default: the "
                + $"environment variable {ServersVariable}, or {ClientSettings.DefaultServers[0]}.",
            HelpName = "list",
            CustomParser = ParseServers,
            DefaultValueFactory = result => ServersOf(environment.Variable(ServersVariable), result),
        };
        Timeout = new("--timeout")
        {
            Description = $"The total time to try: {Duration.Forms}. A number without a unit means seconds. Default: the environment "
                + $"variable {TimeoutVariable}, or {ClientSettings.DefaultTimeout.TotalSeconds}s.",
            HelpName = "time",
            CustomParser = result => ParseTimeout(result.Tokens[0].Value, "", result),
            DefaultValueFactory = result => TimeoutOf(environment.Variable(TimeoutVariable), result),
        };
    }

    public Option<ServerId[]> Servers { get; }

    public Option<TimeSpan> Timeout { get; }

    public SecurityOptions Security { get; }

    public Option<bool> Json { get; } = CommandLine.Json();

    public void AddTo(Command command)
    {
        command.Add(Servers);
        command.Add(Timeout);
        command.Add(Json);
        Security.AddTo(command);
    }

    public ClientSettings Read(ParseResult parsed) =>
        new(parsed.GetValue(Servers)!, parsed.GetValue(Timeout), parsed.GetValue(Json), Security.Read(parsed));

    public static ServerId? ParseServer(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (ServerId.TryParse(text, out var id))
        {
            return id;
        }

        result.AddError($"'{text}' is not a server address: write ':9990', '9990' or 'host:9990'");
        return null;
    }

    private static TimeSpan TimeoutOf(string? variable, ArgumentResult result) =>
        string.IsNullOrWhiteSpace(variable)
            ? ClientSettings.DefaultTimeout
            : ParseTimeout(variable.Trim(), $" in {TimeoutVariable}", result);

    private static TimeSpan ParseTimeout(string text, string place, ArgumentResult result) =>
        Duration.Parse(text, place, TimeSpan.FromSeconds(1), TimeoutMax, result) ?? ClientSettings.DefaultTimeout;

    private static ServerId[] ServersOf(string? variable, ArgumentResult result) =>
        string.IsNullOrWhiteSpace(variable)
            ? ClientSettings.DefaultServers
            : ParseServers(variable.Split(','), $" in {ServersVariable}", result);

    private static ServerId[] ParseServers(ArgumentResult result) =>
        ParseServers(result.Tokens.SelectMany(token => token.Value.Split(',')), "", result);

    private static ServerId[] ParseServers(IEnumerable<string> texts, string place, ArgumentResult result)
    {
        List<ServerId> servers = [];
        foreach (var text in texts.Select(text => text.Trim()))
        {
            if (!ServerId.TryParse(text, out var id))
            {
                result.AddError($"'{text}'{place} is not a server address: write ':9990', '9990' or 'host:9990', separated by commas");
                return ClientSettings.DefaultServers;
            }

            if (!servers.Contains(id))
            {
                servers.Add(id);
            }
        }

        return [.. servers];
    }
}
