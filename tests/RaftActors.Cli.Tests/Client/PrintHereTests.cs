using RaftActors.Cli.Protocol;

namespace RaftActors.Cli.Tests.Client;

/// <summary><c>raft print --here</c>: prints the log of one server, page by page.</summary>
public sealed class PrintHereTests
{
    private static readonly LogMessage[] Log = [new(1, "a", "i like beer"), new(3, "b", "and\u001b[2Jwine"), new(4, "c", "count")];

    [Fact]
    public void Log_is_printed_page_by_page_with_one_message_per_line()
    {
        using var server = Serving(Log, pageSize: 1);

        var run = Run.Here(["print", "--here", "-S", $"{server.Id}"]);

        Assert.Equal((0, "1  i like beer\n3  and\\u001b[2Jwine\n4  count\n", ""), (run.Code, run.Output, run.Error));
        Assert.Equal([0, 1, 3], server.Requests.Cast<Request.ReadLog>().Select(read => read.After));
    }

    [Fact]
    public void JSON_has_one_object_for_each_message()
    {
        using var server = Serving(Log[..1], pageSize: 1);

        var run = Run.Here(["print", "--here", "--json", "-S", $"{server.Id}"]);

        Assert.Equal(
            (0, """{"kind":"message","serial":1,"requestId":"a","text":"i like beer"}""" + "\n", ""), (run.Code, run.Output, run.Error));
    }

    [Fact]
    public void Empty_log_prints_nothing()
    {
        using var server = Serving([], pageSize: 1);

        var run = Run.Here(["print", "--here", "-S", $"{server.Id}"]);

        Assert.Equal((0, "", ""), (run.Code, run.Output, run.Error));
    }

    [Fact]
    public void Messages_appended_after_the_first_page_are_left_out()
    {
        using var server = new ScriptedServer(request => request is Request.ReadLog { After: var after } read
            ? [new Reply.LogPage(read.Number, [new LogMessage(after + 1, "id", $"{after + 1}")], after + 2)]
            : []);

        var run = Run.Here(["print", "--here", "-S", $"{server.Id}"]);

        Assert.Equal((0, "1  1\n2  2\n", ""), (run.Code, run.Output, run.Error));
    }

    [Fact]
    public void Next_server_continues_after_the_first_died()
    {
        ScriptedServer? first = null;
        first = new ScriptedServer(request =>
        {
            if (request is Request.ReadLog { After: 0 })
            {
                return [new Reply.LogPage(request.Number, [Log[0]], LastSerial: 4)];
            }

            first!.Dispose();
            return [];
        });
        using var second = Serving(Log, pageSize: 3);

        var run = Run.Here(["print", "--here", "--timeout", "20s", "-S", $"{first.Id},{second.Id}"]);

        Assert.Equal((0, 3, ""), (run.Code, run.Lines.Count(), run.Error));
    }

    [Fact]
    public void Lag_of_the_next_server_is_reported()
    {
        using var server = new ScriptedServer(request =>
            [new Reply.LogPage(request.Number, request is Request.ReadLog { After: 0 } ? [Log[0]] : [], LastSerial: 4)]);

        var run = Run.Here(["print", "--here", "-S", $"{server.Id}"]);

        Assert.Equal((1, "1  i like beer\n"), (run.Code, run.Output));
        Assert.StartsWith($"raft: the log was not printed to its end: {server.Id} has only messages up to serial 4", run.Error);
    }

    private static ScriptedServer Serving(LogMessage[] log, int pageSize) => new(request =>
        [new Reply.LogPage(
            request.Number,
            [.. log.Where(message => message.Serial > ((Request.ReadLog)request).After).Take(pageSize)],
            log.Length == 0 ? 0 : log[^1].Serial)]);
}
