using RaftActors.Cli.Security;

namespace RaftActors.Cli.Client;

/// <summary>The values of <see cref="ClientOptions"/>.</summary>
internal sealed record ClientSettings(ServerId[] Servers, TimeSpan Timeout, bool IsJson, ConnectionSecurity Security)
{
    public const string DefaultServer = ":9990";

    public static readonly ServerId[] DefaultServers = [new("", 9990)];

    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Runs a command with a connection to the servers, and with a token that Ctrl-C cancels.</summary>
    public int Run(Func<ServerList, ServerConnection, CancellationToken, int> command)
    {
        using var interruption = new Interruption();
        using var connection = new ServerConnection(Security);
        return command(new ServerList(connection, Servers), connection, interruption.Token);
    }
}
