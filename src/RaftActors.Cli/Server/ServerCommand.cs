using System.CommandLine;
using System.CommandLine.Parsing;

using RaftActors.Cli.Security;
using RaftActors.Core;

namespace RaftActors.Cli.Server;

/// <summary><c>raft server</c>.</summary>
internal static class ServerCommand
{
    public static Command Build(CommandEnvironment environment)
    {
        var cluster = new Option<string?>("--cluster", "-c")
        {
            Description = "The servers that found the group: ':9990,:9991,:9992', or HOST:PORT for other machines. Give every server the "
                + "same list. A server that is not in the list waits until it is added.",
            HelpName = "list",
        };
        var port = new Option<string>("--port", "-p")
        {
            Description = "The port of this server, for clients and other servers: 9990 or :9990.",
            HelpName = "port",
            DefaultValueFactory = _ => "9990",
        };
        var host = new Option<string?>("--host")
        {
            Description = "The name or IPv4 address by which others reach this server, as in the -c lists. Default: this machine only "
                + "(127.0.0.1). Without --tls-cert or --secrets, every program that reaches the port can read and write.",
            HelpName = "name",
        };
        var bind = new Option<string?>("--bind")
        {
            Description = "The local address to listen on, if it is not --host. 0.0.0.0 listens on all addresses of this machine.",
            HelpName = "address",
        };
        var data = Data();
        var min = Timeout("--election-timeout-min", "-t", "The shortest", ServerSettings.DefaultElectionTimeoutMin);
        var max = Timeout("--election-timeout-max", "-T", "The longest", ServerSettings.DefaultElectionTimeoutMax);
        var shared = CommandLine.AllowSharedDirectory();
        var domain = FailureDomain();
        var verbose = new Option<bool>("--verbose") { Description = "Log more on standard error." };
        var security = new SecurityOptions(environment);
        var operators = Names("--operators", "append, read, change members and transfer the leadership");
        var writers = Names("--writers", "append and read");
        var readers = Names("--readers", "read");
        var command = new Command("server", Help)
        {
            cluster, port, host, bind, data, shared, min, max, domain, verbose, operators, writers, readers,
        };
        security.AddTo(command);
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
                ? Run(
                    settings with
                    {
                        FailureDomain = parsed.GetValue(domain) ?? "",
                        AllowsSharedDirectory = parsed.GetValue(shared),
                        Security = Secured(security.Read(parsed), parsed),
                    },
                    environment)
                : throw new UsageException(problem));
        return command;

        ConnectionSecurity Secured(ConnectionSecurity read, ParseResult parsed) => read with
        {
            Operators = SecurityOptions.NamesOf(parsed.GetValue(operators)),
            Writers = SecurityOptions.NamesOf(parsed.GetValue(writers)),
            Readers = SecurityOptions.NamesOf(parsed.GetValue(readers)),
        };
    }

    // StopSignal handles Ctrl-C here, and the default handler must not end the process.
    public static int Run(ServerSettings settings, CommandEnvironment environment) =>
        CommandEnvironment.RunCritical(() => ServerProgram.Run(settings, environment).GetAwaiter().GetResult());

    private const string Help =
        """
        Runs a server of a group until Ctrl-C or SIGTERM. A leader transfers the leadership before it ends. A second Ctrl-C ends the
        server at once. Announcements of the group (print, count, members added and removed) go to standard output, the server's own log
        to standard error. Each line has the local date and time.

        The first start of a group needs all servers of -c. Afterwards the members are in the group's log, and -c is ignored. After
        kill -9 or a power cut start the server again with the same arguments.

        Exit codes: 0 stopped; 1 failed, and the last line on standard error has the reason and the remedy; 2 the command is wrong;
        130 a second Ctrl-C.

        Example, in three terminals:
          raft server -c ':9990,:9991,:9992' -p 9990
          raft server -c ':9990,:9991,:9992' -p 9991
          raft server -c ':9990,:9991,:9992' -p 9992
        With encryption and authentication, in a directory of certificates that 'raft certs' made:
          raft server -c ':9990,:9991,:9992' -p 9990 --tls-cert 127.0.0.1.pem --tls-key 127.0.0.1.key --tls-ca ca.pem --operators alice
        A fourth server, which waits until 'raft members add :9993 -S :9990' adds it:
          raft server -c ':9990,:9991,:9992' -p 9993
        """;

    private static Option<string?> Names(string name, string rights) => new(name)
    {
        Description = $"With --tls-cert: the names in certificates of clients that may {rights}, separated by commas. "
            + "'*.example.com' stands for all names one level below. A client without a role is refused.",
        HelpName = "names",
    };

    private static Option<string?> Data() => new("--data")
    {
        Description = "This server's own directory, on a local disk. Default: ~/.goraft/HOST_PORT (~/.goraft/_9990). Never share it, "
            + "and never restore an old copy.",
        HelpName = "dir",
    };

    private static Option<string?> FailureDomain() => new("--failure-domain")
    {
        Description = "The rack or zone of this server, as any text. The leader spreads the votes over these. Set it on all servers.",
        HelpName = "name",
        CustomParser = ParseFailureDomain,
    };

    private static Option<int?> Timeout(string name, string letter, string which, int value) => new(name, letter)
    {
        Description = $"{which} time without a leader after which a server campaigns: {Duration.Forms}. A number without a unit means "
            + $"milliseconds. Default: {value}ms.",
        HelpName = "time",
        CustomParser = ParseElectionTimeout,
    };

    private static string? ParseFailureDomain(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (text.Length > CoreOptions.FailureDomainLengthMax || text.Any(char.IsControl))
        {
            result.AddError(
                $"--failure-domain is a name of at most {CoreOptions.FailureDomainLengthMax} characters on one line, such as rack-1.");
        }

        return text;
    }

    public static int? ParseElectionTimeout(ArgumentResult result)
    {
        var (unit, max) = (TimeSpan.FromMilliseconds(1), ServerSettings.LongestElectionTimeout);
        if (Duration.Parse(result.Tokens[0].Value, "", unit, max, out var problem) is { } time)
        {
            return (int)time.TotalMilliseconds;
        }

        result.AddError(problem);
        return null;
    }
}
