using Message = RaftActors.Cli.Server.Message;

namespace RaftActors.Cli.Tests.Client;

/// <summary><c>raft print --here</c>: prints the log of the group, page by page.</summary>
public sealed class PrintHereTests
{
    private static readonly Message[] Log = [new(1, "a", "i like beer"), new(3, "b", "and\u001b[2J\u202ewine"), new(4, "c", "count")];

    [Fact]
    public void Log_is_printed_page_by_page_with_one_message_per_line()
    {
        var run = Run.Here(Serving(Log, pageSize: 1), "print", "--here");

        Assert.Equal((0, "1  i like beer\n3  and\\u001b[2J\\u202ewine\n4  count\n", ""), (run.Code, run.Output, run.Error));
    }

    [Fact]
    public void JSON_has_one_object_for_each_message()
    {
        var run = Run.Here(Serving(Log[..1], pageSize: 1), "print", "--here", "--json");

        Assert.Equal(
            (0, """{"kind":"message","serial":1,"requestId":"a","text":"i like beer"}""" + "\n", ""), (run.Code, run.Output, run.Error));
    }

    [Fact]
    public void Empty_log_prints_nothing()
    {
        var run = Run.Here(Serving([], pageSize: 1), "print", "--here");

        Assert.Equal((0, "", ""), (run.Code, run.Output, run.Error));
    }

    [Fact]
    public void Output_ends_when_the_last_pairs_are_repeats_of_earlier_messages()
    {
        var group = new FakeGroup { OnRead = after => after == 0 ? ([Log[0]], 5) : ([], 5) };

        var run = Run.Here(group, "print", "--here");

        Assert.Equal((0, "1  i like beer\n", ""), (run.Code, run.Output, run.Error));
    }

    [Fact]
    public void Messages_appended_after_the_first_page_are_left_out()
    {
        var group = new FakeGroup { OnRead = after => ([new Message(after + 1, "id", $"{after + 1}")], after + 2) };

        var run = Run.Here(group, "print", "--here");

        Assert.Equal((0, "1  1\n2  2\n", ""), (run.Code, run.Output, run.Error));
    }

    private static FakeGroup Serving(Message[] log, int pageSize) => new()
    {
        OnRead = after => ([.. log.Where(message => message.Serial > after).Take(pageSize)], log.Length == 0 ? 0 : log[^1].Serial),
    };
}
