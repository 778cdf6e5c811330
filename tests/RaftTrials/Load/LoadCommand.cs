using System.CommandLine;

using RaftActors.Cli;
using RaftActors.Cli.Client;
using RaftActors.Cli.Security;

namespace RaftTrials.Load;

/// <summary>The command of <see cref="LoadProcess"/>: writers that append as <c>raft append</c> does.</summary>
internal static class LoadCommand
{
    /// <summary>The key of all messages in the book of calls: the servers have one log.</summary>
    public const string Key = "log";

    private const string IdPrefix = "id.";

    private static readonly Option<string> Name = new("--name") { Required = true };
    private static readonly Option<int> Writers = new("--writers");
    private static readonly Option<int> Alone = new("--alone");
    private static readonly Option<string> Servers = new("--servers") { Required = true };
    private static readonly Option<int> Milliseconds = new("--milliseconds") { Required = true };
    private static readonly Option<string?> Texts = new("--texts");

    public static Command Build()
    {
        var command = new Command("load") { Name, Writers, Alone, Servers, Milliseconds, Texts };
        command.Hidden = true;

        // As for the raft program, variables of the environment name the files of these clients.
        var security = new SecurityOptions(
            new CommandEnvironment(() => Console.In, Console.Out, Console.Error, variable: Environment.GetEnvironmentVariable));
        security.AddTo(command);
        command.SetAction((parsed, _) => Run(
            parsed.GetValue(Name)!,
            parsed.GetValue(Writers),
            parsed.GetValue(Alone),
            [.. parsed.GetValue(Servers)!.Split(',').Select(Parse)],
            TimeSpan.FromMilliseconds(parsed.GetValue(Milliseconds)),
            parsed.GetValue(Texts)?.Split(','),
            security.Read(parsed)));
        return command;
    }

    public static string NameOf(string load, int number) => $"{load}{number + 1}";

    public static string NameAlone(string load, int number) => $"{load}a{number + 1}";

    /// <summary>The request id of a message. Texts are unique.</summary>
    public static string IdOf(string text) => $"{IdPrefix}{text}";

    /// <summary>The text of the message with this request id.</summary>
    public static string TextOf(string id) => id.StartsWith(IdPrefix, StringComparison.Ordinal) ? id[IdPrefix.Length..] : id;

    /// <param name="texts">Appends only these, in order; null: runs the writers until standard input ends.</param>
    private static async Task<int> Run(
        string name, int writers, int alone, List<ServerId> servers, TimeSpan timeout, string[]? texts, ConnectionSecurity security)
    {
        if (texts is not null)
        {
            var writer = WriterOf(name, servers);
            foreach (var text in texts)
            {
                await writer.Ask(text, retries: 3);
            }

            return 0;
        }

        using CancellationTokenSource stop = new();
        Task[] running =
        [
            .. Enumerable.Range(0, writers).Select(number => WriterOf(NameOf(name, number), From(number)).Run(stop.Token)),
            .. Enumerable.Range(0, alone).Select(number => WriterOf(NameAlone(name, number), [servers[number]]).Run(stop.Token)),
        ];
        await Console.In.ReadToEndAsync(CancellationToken.None);
        await stop.CancelAsync();
        await Task.WhenAll(running);
        return 0;

        List<ServerId> From(int number) => [.. servers[(number % servers.Count)..], .. servers[..(number % servers.Count)]];

        // Not cancelled by the token above: a stopped writer still waits for its last answer.
        Writer WriterOf(string writer, List<ServerId> asked)
        {
            var client = new ClientSettings(new ServersTarget([.. asked]), timeout, IsJson: false, security).Open(CancellationToken.None);
            return new Writer(writer, new Appender(client, timeout, requestId: null).AppendAsync);
        }
    }

    private static ServerId Parse(string text) =>
        ServerId.TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is not a server address");
}
