using System.CommandLine.Parsing;

using RaftActors.Cli.Client;
using RaftActors.Cli.Server;

namespace RaftActors.Cli;

/// <summary>The flags without a verb. Each combination does the same as a verb.</summary>
internal sealed class ShortForms
{
    private const string ClientCommand = "clientcommand";
    private const string AddServer = "addserver";

    private static readonly string[] Commands = [ClientCommand, AddServer, "removeserver"];

    private readonly Option<string?> _command = Text("-C", "command", "Ask a server: clientcommand, addserver or removeserver.");
    private readonly Option<string?> _message = Text("-m", "text", "With -C: the message, or the server to add or remove.");
    private readonly ClientOptions _client;
    private readonly ServerOptions _server;
    private readonly Option[] _asking;

    public ShortForms(CommandEnvironment environment)
    {
        _client = new ClientOptions(environment, isOfServers: true);
        _server = new ServerOptions(_client.Security);
        _asking = [_message, _client.Servers, _client.Timeout, _client.Json];
        _client.Servers.Description = $"With -C: the servers to ask. Default: {ClientOptions.ServersVariable}, or :9990.";
        _client.Timeout.Description = $"With -C: the total time to try. Default: {RunSettings.DefaultTimeout.TotalSeconds}s.";
        _client.Json.Description = "With -C: one JSON object a line.";
    }

    public void AddTo(RootCommand root, CommandEnvironment environment)
    {
        foreach (var option in _server.Own.Append(_command).Concat(_asking).Concat(_client.Security.All))
        {
            root.Add(option);
        }

        root.SetAction(parsed => Run(parsed, environment));
    }

    /// <summary>Finds a flag before a verb, where it would have no effect.</summary>
    public static string? Misplaced(ParseResult parsed) => parsed.CommandResult == parsed.RootCommandResult
        ? null
        : parsed.RootCommandResult.Children.OfType<OptionResult>().FirstOrDefault(option => !option.Implicit)?.IdentifierToken?.Value;

    private static Option<string?> Text(string name, string value, string description) =>
        new(name) { Description = description, HelpName = value };

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
            var settings = _server.Read(parsed);
            return environment.RunInterruptibly(stop => ServerCommand.Run(settings, environment, stop));
        }

        parsed.CommandResult.Command.Parse(["--help"]).Invoke(parsed.InvocationConfiguration);
        return ExitCode.Usage;
    }

    private int Ask(ParseResult parsed, CommandEnvironment environment)
    {
        var command = parsed.GetValue(_command)!;
        if (!Commands.Contains(command))
        {
            throw new UsageException($"'{command}' is not a command of -C: use one of {string.Join(", ", Commands)}");
        }

        if (_server.Own.FirstOrDefault(option => IsGiven(parsed, option)) is { } foreign)
        {
            var flag = parsed.GetResult(foreign)!.IdentifierToken!.Value; // Justification: it is given.
            throw new UsageException($"{flag} is for running a server: leave it out, or leave out -C");
        }

        var isAppend = command == ClientCommand;
        var message = parsed.GetValue(_message)
            ?? throw new UsageException($"-m is missing: give the {(isAppend ? "message" : "server")} for -C {command}");
        var client = _client.Read(parsed);
        var member = isAppend ? default : client.Target.Parse(message);
        return GroupVerb.Start(client, environment, run =>
            isAppend ? AppendCommand.Run(run, message, requestId: null)
            : MembersCommand.Change(run, member, isAddition: command == AddServer));
    }
}
