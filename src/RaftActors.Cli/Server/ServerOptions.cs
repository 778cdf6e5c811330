using System.CommandLine.Parsing;

using RaftActors.Cli.Security;

namespace RaftActors.Cli.Server;

/// <summary>The options of <c>raft server</c>, and of its short form without a verb.</summary>
internal sealed class ServerOptions
{
    private readonly SecurityOptions _security;
    private readonly Option<string?> _cluster = new("--cluster", "-c")
    {
        Description = "The servers that found the group: ':9990,:9991,:9992', or HOST:PORT for other machines. Give every server the same "
            + "list. A server that is not in the list waits until it is added.",
        HelpName = "list",
    };

    private readonly Option<string> _port = new("--port", "-p")
    {
        Description = "The port of this server, for clients and other servers: 9990 or :9990.",
        HelpName = "port",
        DefaultValueFactory = _ => "9990",
    };

    private readonly Option<string?> _host = new("--host")
    {
        Description = "The name or IPv4 address by which others reach this server, as in the -c lists. Default: this machine only "
            + "(127.0.0.1). Without --tls-cert, every program that reaches the port can read and write.",
        HelpName = "name",
    };

    private readonly Option<string?> _bind = new("--bind")
    {
        Description = "The local address to listen on, if it is not --host. 0.0.0.0 listens on all addresses of this machine.",
        HelpName = "address",
    };

    private readonly Option<string?> _data = new("--data")
    {
        Description = "This server's own directory, on a local disk. Default: ~/.goraft/HOST_PORT (~/.goraft/_9990). Never share it, and "
            + "never restore an old copy.",
        HelpName = "dir",
    };

    private readonly Option<bool> _shared = SharedOptions.AllowSharedDirectory();
    private readonly Option<string?> _min =
        Timeout("--election-timeout-min", "-t", "The shortest", ServerSettings.DefaultElectionTimeoutMin);
    private readonly Option<string?> _max =
        Timeout("--election-timeout-max", "-T", "The longest", ServerSettings.DefaultElectionTimeoutMax);

    private readonly Option<string?> _domain = new("--failure-domain")
    {
        Description = "The rack or zone of this server, as any text. The leader spreads the votes over these. Set it on all servers.",
        HelpName = "name",
        CustomParser = ParseFailureDomain,
    };

    private readonly Option<bool> _verbose = new("--verbose") { Description = "Log more on standard error." };
    private readonly Option<string?> _operators = Names("--operators", "append, read, change members and transfer the leadership");
    private readonly Option<string?> _writers = Names("--writers", "append and read");
    private readonly Option<string?> _readers = Names("--readers", "read");

    /// <param name="security">Shared with the options for clients in the form without a verb.</param>
    public ServerOptions(SecurityOptions security)
    {
        _security = security;
        Own = [_cluster, _port, _host, _bind, _data, _shared, _min, _max, _domain, _verbose, _operators, _writers, _readers];
    }

    /// <summary>The options without those of the security.</summary>
    public IReadOnlyList<Option> Own { get; }

    /// <exception cref="UsageException">A value is wrong.</exception>
    public ServerSettings Read(ParseResult parsed) => ServerSettings.Of(
        parsed.GetValue(_cluster),
        parsed.GetValue(_port)!, // Justification: it has a default.
        parsed.GetValue(_host),
        parsed.GetValue(_bind),
        parsed.GetValue(_data),
        MillisecondsOf(parsed.GetValue(_min)),
        MillisecondsOf(parsed.GetValue(_max)),
        parsed.GetValue(_verbose)) with
    {
        FailureDomain = parsed.GetValue(_domain) ?? "",
        AllowsSharedDirectory = parsed.GetValue(_shared),
        Security = _security.Read(parsed) with
        {
            Operators = SecurityOptions.NamesOf(parsed.GetValue(_operators)),
            Writers = SecurityOptions.NamesOf(parsed.GetValue(_writers)),
            Readers = SecurityOptions.NamesOf(parsed.GetValue(_readers)),
        },
    };

    private static Option<string?> Names(string name, string rights) => new(name)
    {
        Description = $"With --tls-cert: the names in certificates of clients that may {rights}, separated by commas. "
            + "'*.example.com' stands for all names one level below. A client without a role is refused.",
        HelpName = "names",
    };

    private static Option<string?> Timeout(string name, string letter, string which, int value) => new(name, letter)
    {
        Description = $"{which} time without a leader after which a server campaigns: {Duration.Forms}. A number without a unit means "
            + $"milliseconds. Default: {value}ms.",
        HelpName = "time",
    };

    // As raft.quorum.failure-domain has it.
    private const int FailureDomainLengthMax = 100;

    private static string? ParseFailureDomain(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (text.Length > FailureDomainLengthMax || text.Any(char.IsControl))
        {
            result.AddError(
                $"--failure-domain must be a name of at most {FailureDomainLengthMax} characters on one line, such as rack-1.");
        }

        return text;
    }

    private static int? MillisecondsOf(string? text) => text is null
        ? null
        : (int)Duration.Parse(text, "", TimeSpan.FromMilliseconds(1), ServerSettings.LongestElectionTimeout).TotalMilliseconds;
}
