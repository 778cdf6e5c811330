using System.CommandLine;
using System.CommandLine.Parsing;

namespace RaftActors.Cli.Server;

/// <summary><c>raft server</c>.</summary>
internal static class ServerCommand
{
    public static Command Build(CommandEnvironment environment)
    {
        var cluster = new Option<string?>("--cluster", "-c")
        {
            Description = "The servers that found the group, the same list on each: ':9990,:9991,:9992', or HOST:PORT for other machines. "
                + "One that is not in its own list waits until it is taken in.",
            HelpName = "list",
        };
        var port = new Option<string>("--port", "-p")
        {
            Description = "The port of this server: 9990 or :9990. Others and clients use the same one.",
            HelpName = "port",
            DefaultValueFactory = _ => "9990",
        };
        var host = new Option<string?>("--host")
        {
            Description = "The name or IPv4 address under which others reach this server, as it stands in their lists. Without it only "
                + "this machine does (127.0.0.1). There is no encryption and no authentication: whoever reaches the port may read and "
                + "write, so keep it in a network that you trust.",
            HelpName = "name",
        };
        var bind = new Option<string?>("--bind")
        {
            Description = "The local address to listen on, where that is not --host: 0.0.0.0 for all of this machine.",
            HelpName = "address",
        };
        var data = new Option<string?>("--data")
        {
            Description = "This server's own directory, on a local disk. Default: ~/.goraft/HOST_PORT (~/.goraft/_9990). It is never "
                + "shared, and no copy of it is ever put back.",
            HelpName = "dir",
        };
        var min = Timeout("--election-timeout-min", "-t", "The shortest", ServerSettings.DefaultElectionTimeoutMin);
        var max = Timeout("--election-timeout-max", "-T", "The longest", ServerSettings.DefaultElectionTimeoutMax);
        var verbose = new Option<bool>("--verbose") { Description = "The log on standard error says more." };
        var command = new Command("server", Help) { cluster, port, host, bind, data, min, max, verbose };
        command.SetAction(parsed => ServerSettings.TryMake(
            parsed.GetValue(cluster),
            parsed.GetValue(port)!,
            parsed.GetValue(host),
            parsed.GetValue(bind),
            parsed.GetValue(data),
            parsed.GetValue(min),
            parsed.GetValue(max),
            parsed.GetValue(verbose),
            out var settings,
            out var problem)
                ? Run(settings, environment)
                : throw new UsageException(problem));
        return command;
    }

    // A server ends by its own signals, so nobody else looks at Ctrl-C meanwhile.
    public static int Run(ServerSettings settings, CommandEnvironment environment) =>
        environment.RunCritical(() => ServerProgram.Run(settings, environment).GetAwaiter().GetResult());

    private const string Help =
        """
        Runs a server of a group until Ctrl-C or SIGTERM: it hands the leadership over if it leads, and ends. A second Ctrl-C ends it
        at once. What the group has it say (print, count, members that come and go) goes to standard output, its own log to standard
        error; each line has the local date and time.

        The first start of a group needs all servers that -c names; afterwards the group's log says who belongs to it. After kill -9 or
        a power cut start it again as before.

        Exit codes: 0 stopped; 1 it cannot go on, and the last line on standard error says why and what to do; 2 the command is wrong;
        130 a second Ctrl-C.

        Example, in three terminals:
          raft server -c ':9990,:9991,:9992' -p 9990
          raft server -c ':9990,:9991,:9992' -p 9991
          raft server -c ':9990,:9991,:9992' -p 9992
        A fourth one, which waits until 'raft members add :9993 -S :9990' takes it in:
          raft server -c ':9990,:9991,:9992' -p 9993
        """;

    private static Option<int?> Timeout(string name, string letter, string which, int value) => new(name, letter)
    {
        Description = $"{which} time without a leader after which a server stands for election: {Duration.Forms}; a number alone means "
            + $"milliseconds. Default: {value}ms.",
        HelpName = "time",
        CustomParser = ParseElectionTimeout,
    };

    public static int? ParseElectionTimeout(ArgumentResult result) =>
        (int?)Duration.Parse(
            result.Tokens[0].Value, "", TimeSpan.FromMilliseconds(1), ServerSettings.LongestElectionTimeout, result)?.TotalMilliseconds;
}
