using RaftActors.Cli.Client;

namespace RaftTrials.Load;

/// <summary>The hidden command of <see cref="LoadProcess"/>: writers that append as <c>raft append</c> does.</summary>
internal static class LoadCommand
{
    /// <summary>The key of all messages in the book of calls: the servers have one log.</summary>
    public const string Key = "log";

    private const string IdPrefix = "id.";

    public static Command Build()
    {
        Argument<string> settings = new("settings");
        var command = new Command("load") { settings };
        command.Hidden = true;

        // As for the raft program, variables of the environment name the files of these clients.
        var security = new SecurityOptions(
            new CommandEnvironment(Console.OpenStandardInput, Console.Out, Console.Error, variable: Environment.GetEnvironmentVariable));
        security.All.ToList().ForEach(command.Add);
        command.SetAction((parsed, _) =>
            Run(JsonSerializer.Deserialize<LoadSettings>(parsed.GetRequiredValue(settings))!, security.Read(parsed)));
        return command;
    }

    /// <summary>The request id of a message. Texts are unique.</summary>
    public static string IdOf(string text) => $"{IdPrefix}{text}";

    /// <summary>The text of the message with this request id.</summary>
    public static string TextOf(string id) => id.StartsWith(IdPrefix, StringComparison.Ordinal) ? id[IdPrefix.Length..] : id;

    public static ServerId ServerOf(string text) =>
        ServerId.TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is not a server address");

    // Appends the texts, or runs the writers until standard input ends.
    private static async Task<int> Run(LoadSettings load, ConnectionSecurity security)
    {
        List<ServerId> servers = [.. load.Servers.Select(ServerOf)];
        var writer = WriterOf(load.Name, servers);
        foreach (var text in load.Texts)
        {
            await writer.Ask(text, retries: 3);
        }

        using CancellationTokenSource stop = new();
        Task[] running =
        [
            .. load.Writers.Select((name, place) => WriterOf(name, From(place)).Run(stop.Token)),
            .. load.Alone.Select((name, place) => WriterOf(name, [servers[place]]).Run(stop.Token)),
        ];
        await Console.In.ReadToEndAsync(CancellationToken.None);
        await stop.CancelAsync();
        await Task.WhenAll(running);
        return 0;

        List<ServerId> From(int place) => [.. servers[(place % servers.Count)..], .. servers[..(place % servers.Count)]];

        // Not cancelled by the token above: a stopped writer still waits for its last answer.
        Writer WriterOf(string name, List<ServerId> asked)
        {
            var settings = new RunSettings(new ServersTarget([.. asked]), load.Timeout, IsJson: false, security);
            var client = settings.Open(CancellationToken.None);
            return new Writer(name, new Appender(client, load.Timeout, requestId: null).AppendAsync);
        }
    }
}

/// <summary>What the process gets as its argument, in JSON.</summary>
/// <param name="Name">Unique in a trial. The writer of <paramref name="Texts"/>.</param>
/// <param name="Servers">The servers to ask.</param>
/// <param name="Timeout">The time limit of an append.</param>
internal sealed record LoadSettings(string Name, IReadOnlyList<string> Servers, TimeSpan Timeout)
{
    /// <summary>Names of the writers that know all servers. Each starts with the next one of them.</summary>
    public IReadOnlyList<string> Writers { get; init; } = [];

    /// <summary>Names of the writers that know one server only, in the order of the servers.</summary>
    public IReadOnlyList<string> Alone { get; init; } = [];

    /// <summary>Texts that are appended first, one after the other.</summary>
    public IReadOnlyList<string> Texts { get; init; } = [];
}
