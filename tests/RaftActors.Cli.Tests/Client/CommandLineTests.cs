using System.CommandLine;

namespace RaftActors.Cli.Tests.Client;

/// <summary>Parsing of the command line: short forms, wrong arguments, help.</summary>
public sealed class CommandLineTests
{
    // Verbs such as "members add".
    private static readonly string[] Names =
        [.. VerbsIn(CommandLine.Build(new CommandEnvironment(() => Stream.Null, TextWriter.Null, TextWriter.Null), null))];

    public static TheoryData<string[], string> WrongCommands => new()
    {
        { ["append"], "text" },
        { ["append", "x", "y"], "'y'" },
        { ["stauts"], "raft: Unrecognized command or argument 'stauts'. Did you mean 'status'?\nRun 'raft --help'" },
        { ["status", "--contcts", "x"], "argument '--contcts'. Did you mean '--contacts'?\nRun 'raft --help'" },
        { ["lock", "mail", "--", "ls"], "argument 'mail'. The commands of 'lock' are list, show, break.\nRun 'raft --help'" },
        { ["append", "x", "-S", ""], "'' is not a server address" },
        { ["append", "x", "-S", ":9990,"], "'' is not a server address" },
        { ["append", "x", "-S", ":a"], "':a' is not a server address" },
        { ["append", "x", "-S", ":65536"], "':65536' is not a server address" },
        { ["append", "x", "-S", "a b:1"], "'a b:1' is not a server address" },
        { ["append", "x", "-S", "\u001b[2J"], "'\\u001b[2J' is not a server address" },
        { ["append", "x", "--timeout", "0"], "'0' is not a duration" },
        { ["status", "--contacts", "127.0.0.1:2551", "--port-offset", "x"], "'x' of --port-offset is no number" },
        { ["append", "x", "--timeout", "999us"], "'999us' is not a duration from 1ms to" },
        { ["append", "x", "--timeout", "-1"], "'-1' is not a duration" },
        { ["append", "x", "--timeout", "abc"], "'abc' is not a duration" },
        { ["append", "x", "--timeout", "NaN"], "'NaN' is not a duration" },
        { ["append", "x", "--timeout", "1e9"], "'1e9' is not a duration" },
        { ["append", "x", "--timeout", "5 s"], "from 1ms to 24h. Write 250ms, 10s or 1m; a number alone means seconds." },
        { ["append", "x", "--timeout", "25h"], "'25h' is not a duration" },
        { ["server", "-c", ":9990", "-T", "1h"], "'1h' is not a duration from 1ms to 10m" },
        { ["print", "--here", "--request-id", "x"], "--here appends nothing" },
        { ["append", "x", "--request-id", ""], "a request id has 1 to" },
        { ["append", "x", "--request-id", "a\nb"], "a request id has 1 to" },
        { ["members", "add"], "'add'" },
        { ["members", "add", ":a"], "':a' is not a server address" },
        { ["members", "remove", "x"], "'x' is not a server address" },
        { ["transfer", "--to", ":0"], "':0' is not a server address" },
        { ["status", "--group", "orders"], "--contacts is missing" },
        { ["status", "--contacts", "10.0.0.1"], "'10.0.0.1' is not a contact: write HOST:PORT, the address of a node" },
        { ["append", "x", "--contacts", "a:1"], "append is about the messages of raft servers, and --contacts names an application" },
        { ["print", "--contacts", "a:1"], "print is about the messages" },
        { ["count", "--contacts", "a:1"], "count is about the messages" },
        { ["trace", "x", "--contacts", "a:1"], "trace is about the messages" },
        { ["members", "add", "x", "--contacts", "a:1", "--group", "orders"], "'x' is not the name of a process: write PROCESS@NODE" },
        { ["top", "--interval", "0"], "'0' is not a duration" },
        { ["top", "--count", "0"], "--count must be 1 or more" },
        { ["backup", "file", "--process", "nonsense"], "as in 'raft1@node1@localhost'.\nRun 'raft --help'" },
        { ["backup", "file", "--process", "a@b,c@d"], "'a@b,c@d' is not the name of one process" },
        { ["backup", ""], "'' is no path: name a file or a directory" },
        { ["backup", "file", "--continues", ""], "'' is no path" },
        { ["verify", "monday.backup", ""], "'' is no path" },
        { ["restore", "", "--data", "d", "--process", "a@b", "--members", "a@b"], "'' is no path" },
        { ["log", "dump", "--data", ""], "'' is no path" },
        { ["certs", "--dir", "", "node1"], "'' is no path" },
        { ["members", "quorum", "4"], "Must be one of: '3' '5' '7' '9' '11'\n" },
        { ["log", "tail", "--after", "-1"], "--after must be 0 or more" },
        { ["-S", ":9990", "append", "x"], "-S stands before the verb" },
        { ["-C", "frobnicate", "-m", "x"], "clientcommand, addserver, removeserver" },
        { ["-C", "ClientCommand", "-m", "x"], "clientcommand, addserver, removeserver" },
        { ["-C", "clientcommand", "-S", ":9990"], "-m is missing" },
        { ["-C", "addserver"], "-m is missing" },
        { ["-C", "removeserver", "-m", "x"], "'x' is not a server address" },
        { ["-C", "clientcommand", "-m", "x", "-p", "9990"], "-p is for running a server: leave it out" },
        { ["-C", "clientcommand", "-m", "x", "--timeout", "0"], "'0' is not a duration" },
        { ["-m", "x"], "-C is missing" },
        { ["--timeout", "3"], "-C is missing" },
        { ["-S", ":9990"], "-C is missing" },
        { ["-p", "9990"], "-c is missing" },
        { ["-c", ":9990", "-p", "abc"], "'abc' is not a port" },
        { ["-c", ":9990", "-t", "abc"], "'abc' is not a duration" },
        { ["server", "-c", ":9990", "-t", "abc"], "'abc' is not a duration" },
    };

    public static TheoryData<string> Verbs => [.. Names];

    [Theory]
    [MemberData(nameof(WrongCommands))]
    public void Wrong_arguments_are_reported(string[] arguments, string problem)
    {
        var run = Run.Here(arguments);

        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.StartsWith("raft: ", run.Error);
        Assert.Contains(problem, run.Error);
    }

    [Fact]
    public void Program_without_arguments_prints_its_help_and_exits_with_2()
    {
        var run = Run.Of();

        Assert.Equal((2, ""), (run.Code, run.Error));
        Assert.Equal(Run.Of("--help").Output, run.Output);
        Assert.All(["-C clientcommand -m TEXT", "Exit codes:", "append <text>"], text => Assert.Contains(text, run.Output));
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Help_of_a_verb_has_an_example_and_the_exit_codes(string verb)
    {
        foreach (var option in (string[])["--help", "-h"])
        {
            var run = Run.Here([.. verb.Split(' '), option]);

            Assert.Equal((0, ""), (run.Code, run.Error));
            Assert.Contains($"  raft {verb}", run.Output);
            Assert.Contains("Exit codes:", run.Output);
        }
    }

    [Fact]
    public void Help_lists_each_verb_on_one_line()
    {
        var lines = Run.Here("--help").Lines.SkipWhile(line => line != "Commands:").Skip(1).ToArray();

        Assert.Equal(
            Names.Select(name => name.Split(' ')[0]).Distinct(),
            lines.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0]));
    }

    [Theory]
    [InlineData("250ms", 250)]
    [InlineData("10s", 10_000)]
    [InlineData("1m", 60_000)]
    [InlineData("250us", 0.25)]
    [InlineData("1.5h", 5_400_000)]
    [InlineData("0.5", 500)]
    [InlineData("3", 3_000)]
    public void Duration_without_a_unit_is_in_seconds(string text, double milliseconds)
    {
        Assert.Equal(milliseconds, Duration.Parse(text, TimeSpan.FromSeconds(1))?.TotalMilliseconds);
    }

    [Fact]
    public void Servers_come_from_the_environment_variable_unless_the_command_names_them()
    {
        var (found, named) = (new FakeGroup(), new FakeGroup());

        Run.Here("", ["append", "x"], servers: ":9991, :9992", connect: found.Connect);
        Run.Here("", ["append", "x", "-S", ":9993"], servers: ":9991", connect: named.Connect);
        var wrong = Run.Here("", ["append", "x"], servers: ":9990,nonsense");

        Assert.Equal([new ServerId("", 9991), new ServerId("", 9992)], found.Contacts);
        Assert.Equal([new ServerId("", 9993)], named.Contacts);
        Assert.Equal((2, ""), (wrong.Code, wrong.Output));
        Assert.Contains("'nonsense' in RAFT_SERVERS is not a server address", wrong.Error);
    }

    [Fact]
    public void Short_forms_send_the_same_requests_as_the_verbs()
    {
        var group = new FakeGroup();

        var append = Run.Here(group, "-C", "clientcommand", "-m", "-");
        var remove = Run.Here(group, "-C", "removeserver", "-m", "9993", "--timeout", "1h");
        var add = Run.Here(servers => servers[0].Port == 9993 ? null : group.Connect(servers), "-C", "addserver", "-m", ":9993");

        Assert.Equal((0, "committed, serial 1\n", ""), (append.Code, append.Output, append.Error));
        Assert.Equal("-", Assert.Single(group.Appends).Text);
        Assert.Equal((0, "removed :9993\n", ""), (remove.Code, remove.Output, remove.Error));
        Assert.Equal(["leave raft@:9993"], group.Changes);
        Assert.StartsWith("raft: not done: cannot reach :9993: ", add.Error);
    }

    private static IEnumerable<string> VerbsIn(Command command) => command.Subcommands.SelectMany(
        verb => verb.Subcommands.Count == 0 ? [verb.Name] : VerbsIn(verb).Select(name => $"{verb.Name} {name}"));
}
