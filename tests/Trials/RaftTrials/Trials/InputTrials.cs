using RaftTrials.Servers;

namespace RaftTrials.Trials;

/// <summary>
/// Wrong input to real processes: each gets an exit code and a message, and the group continues. RaftActors.Cli.Tests has tests for ports
/// in use, malformed lists and directories of other programs.
/// </summary>
internal sealed class InputTrials
{
    private const int TooLong = 10_000_000;

    private const string Log = @" Logs [config :7777 printer Print  Grüße,🍺\u0007 I like beer. print]";

    private readonly List<string> _wrong = [];
    private int _tried;

    public static async Task<string> All(Trial trial)
    {
        var group = trial.Group(3);
        await group.StartAndElect();
        var inputs = new InputTrials();
        await inputs.Commands(group);
        await inputs.Servers(trial, group);
        await Task.WhenAll(group.Servers.Select(server => server.Stop()));
        TrialFailure.Unless(inputs._wrong.Count == 0, string.Join("\n        ", inputs._wrong));
        return $"{inputs._tried} inputs, each with the expected exit code, message and effect on the log";
    }

    // Includes texts that resemble commands, such as 'config :7777' and 'printer': they are ordinary messages.
    private async Task Commands(Group group)
    {
        var server = group.Servers[1];
        await Says(0, "committed", "append", "config :7777", "-S", server.Id);
        await Says(0, "committed", "append", "printer", "-S", server.Id);
        await Says(0, "committed", "append", "Print", "-S", server.Id);
        await Says(0, "committed", "append", "", "-S", server.Id);
        await Says(0, "committed", "append", "Grüße,🍺\u0007", "-S", server.Id);
        await Says(0, "committed", "-C", "clientcommand", "-m", "I like beer.", "-S", server.Id);
        await Piped(1, "has more than", new string('x', TooLong), "append", "-", "-S", server.Id);
        await Says(2, "'benchmark' is not a command", "-C", "benchmark", "-S", server.Id);
        await Says(1, "cannot reach", "append", "x", "-S", ":1");
        await Says(1, "is not in the roster", "members", "remove", ":1", "-S", server.Id);
        await Says(1, "is a member", "members", "add", group.Servers[0].Id, "-S", server.Id);
        await Says(1, "cannot reach :1", "members", "add", ":1", "-S", server.Id);
        await Group.MembersAre(group.Servers);
        TrialFailure.IfAny(
            group.Servers.FirstOrDefault(one => one.Process.Lines(line => ServerLines.Logs(line) is not null).Count > 0),
            printed => $"{printed.Id} has printed its log without a 'print' message");
        await Says(0, "committed", "print", "-S", server.Id);
        await Says(0, "committed", "-C", "clientcommand", "-m", "count", "-S", server.Id);
        foreach (var one in group.Servers)
        {
            await one.Says(line => !line.IsError && line.Text.EndsWith(Log, StringComparison.Ordinal), $"'{Log}'");
            await one.Says(line => ServerLines.Count(line) == 8, "'Count 8'");
        }
    }

    private async Task Servers(Trial trial, Group group)
    {
        var port = trial.FirstPort + group.Servers.Length;

        // One server of a new group has another list than the other two. It must log that, and the group must not be founded.
        var (list, other) = ($":{port},:{port + 1},:{port + 2}", $":{port},:{port + 1},:{port + 3}");
        using var one = Start(trial, list, port);
        using var two = Start(trial, list, port + 1);
        using var odd = Start(trial, other, port + 3);
        TrialFailure.Unless(
            await odd.Line(line => line.Text.Contains("their -c lists differ", StringComparison.Ordinal), Guards.Wait) is not null,
            "a server has not logged that the lists differ");
        TrialFailure.Unless(
            !one.Lines(_ => true).Concat(two.Lines(_ => true)).Any(line => ServerLines.Leads(line) is not null),
            "a group was founded without all servers of its list");
        _tried++;
        await ReadOnly(trial, list, port + 2);
    }

    // Even root cannot write to /proc, or below a file.
    private async Task ReadOnly(Trial trial, string list, int port)
    {
        var file = Path.Combine(trial.Work, "file");
        await File.WriteAllTextAsync(file, "");
        var below = await RaftTool.Run("server", "-c", list, "-p", $"{port}", "--data", Path.Combine(file, "data"));
        Expect(below, 1, file, "a data directory below a file");
        var system = await RaftTool.Run("server", "-c", list, "-p", $"{port}", "--data", "/proc/raft");
        Expect(system, 1, "/proc/raft", "a data directory in /proc");
    }

    private static ChildProcess Start(Trial trial, string list, int port) => Host.Here.Start(
        RaftTool.Path, ["server", "-c", list, "-p", $"{port}", "--data", Path.Combine(trial.Work, $"wrong{port}")]);

    private async Task Says(int code, string text, params string[] arguments) =>
        Expect(await RaftTool.Run(arguments), code, text, $"'raft {string.Join(' ', arguments)}'");

    private async Task Piped(int code, string text, string input, params string[] arguments) =>
        Expect(await RaftTool.Run(arguments, input), code, text, $"'raft {string.Join(' ', arguments)}' of a long line");

    private void Expect(Finished finished, int code, string text, string what)
    {
        _tried++;
        if (finished.Code != code || !finished.Output.Concat(finished.Error).Any(line => line.Contains(text, StringComparison.Ordinal)))
        {
            _wrong.Add($"{what} ended with {finished}; expected is exit code {code} and '{text}'");
        }
    }
}
