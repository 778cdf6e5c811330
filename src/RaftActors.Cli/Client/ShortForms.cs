using System.CommandLine;
using System.CommandLine.Parsing;

using RaftActors.Cli.Server;

namespace RaftActors.Cli.Client;

/// <summary>The flags without a verb. Each combination does the same as a verb.</summary>
internal sealed class ShortForms
{
    private const string ClientCommand = "clientcommand";
    private const string AddServer = "addserver";

    private static readonly string[] Commands = [ClientCommand, AddServer, "removeserver"];

    private readonly Option<string?> _cluster = Text("-c", "list", "Run a server. The list names the servers that found the group.");
    private readonly Option<string?> _port = Text("-p", "port", "Its port: 9990 or :9990.");
    private readonly Option<string?> _host = Text("--host", "name", "The name or address by which other machines reach it.");
    private readonly Option<string?> _data = Text("--data", "dir", "Its own directory. Default: ~/.goraft/HOST_PORT.");
    private readonly Option<int?> _min = ElectionTimeout("-t", "Its shortest election timeout.");
    private readonly Option<int?> _max = ElectionTimeout("-T", "Its longest election timeout.");
    private readonly Option<bool> _verbose = new("--verbose") { Description = "Log more." };
    private readonly Option<string?> _command = Text("-C", "command", "Ask a server: clientcommand, addserver or removeserver.");
    private readonly Option<string?> _message = Text("-m", "text", "With -C: the message, or the server to add or remove.");
    private readonly ClientOptions _client;
    private readonly Option[] _serving;
    private readonly Option[] _asking;

    public ShortForms(CommandEnvironment environment)
    {
        _client = new ClientOptions(environment, isOfServers: true);
        _serving = [_cluster, _port, _host, _data, _min, _max, _verbose];
        _asking = [_message, _client.Servers, _client.Timeout, _client.Json];
        _client.Servers.Description = $"With -C: the servers to ask. Default: {ClientOptions.ServersVariable}, or :9990.";
        _client.Timeout.Description = $"With -C: the total time to try. Default: {ClientSettings.DefaultTimeout.TotalSeconds}s.";
        _client.Json.Description = "With -C: one JSON object a line.";
    }

    public void AddTo(RootCommand root, CommandEnvironment environment)
    {
        foreach (var option in _serving.Append(_command).Concat(_asking).Concat(_client.Security.All))
        {
            root.Add(option);
        }

        root.SetAction(parsed => Run(parsed, environment));
    }

    /// <summary>A flag before a verb, where it would have no effect; null if there is none.</summary>
    public static string? Misplaced(ParseResult parsed) => parsed.CommandResult == parsed.RootCommandResult
        ? null
        : parsed.RootCommandResult.Children.OfType<OptionResult>().FirstOrDefault(option => !option.Implicit)?.IdentifierToken?.Value;

    private static Option<string?> Text(string name, string value, string description) =>
        new(name) { Description = description, HelpName = value };

    private static Option<int?> ElectionTimeout(string name, string description) =>
        new(name) { Description = description, HelpName = "time", CustomParser = ServerCommand.ParseElectionTimeout };

    private static bool IsGiven(ParseResult parsed, Option option) => parsed.GetResult(option) is { Implicit: false };

    private int Run(ParseResult parsed, CommandEnvironment environment)
    {
        if (IsGiven(parsed, _command))
        {
            return Ask(parsed, environment);
        }

        if (_asking.Any(option => IsGiven(parsed, option)))
        {
            throw new UsageException($"-C is missing: name the command with it ({string.Join(", ", Commands)})");
        }

        if (parsed.Tokens.Count > 0)
        {
            return ServerCommand.Run(Settings(parsed), environment);
        }

        parsed.CommandResult.Command.Parse(["--help"]).Invoke(parsed.InvocationConfiguration);
        return ExitCode.Usage;
    }

    private ServerSettings Settings(ParseResult parsed) => ServerSettings.TryMake(
        parsed.GetValue(_cluster),
        parsed.GetValue(_port) ?? "9990",
        parsed.GetValue(_host),
        bind: null,
        parsed.GetValue(_data),
        parsed.GetValue(_min),
        parsed.GetValue(_max),
        parsed.GetValue(_verbose),
        out var settings,
        out var problem)
            ? settings with { Security = _client.Security.Read(parsed) }
            : throw new UsageException(problem);

    private int Ask(ParseResult parsed, CommandEnvironment environment)
    {
        var command = parsed.GetValue(_command)!;
        if (!Commands.Contains(command))
        {
            throw new UsageException($"'{command}' is not a command of -C: use one of {string.Join(", ", Commands)}");
        }

        if (_serving.FirstOrDefault(option => IsGiven(parsed, option)) is { } foreign)
        {
            throw new UsageException($"{foreign.Name} is for running a server: leave it out, or leave out -C");
        }

        var isAppend = command == ClientCommand;
        var message = parsed.GetValue(_message)
            ?? throw new UsageException($"-m is missing: give the {(isAppend ? "message" : "server")} for -C {command}");
        var client = _client.Read(parsed);
        if (isAppend)
        {
            return AppendCommand.Run(new AppendSettings(client, message, RequestId: null), environment);
        }

        var member = client.Target.Parse(message);
        return command == AddServer
            ? MembersCommand.Add(member, client, environment)
            : MembersCommand.Remove(member, client, environment);
    }
}
