using RaftActors.Cli.Security;
using RaftActors.Cli.Server;
using RaftActors.Cli.Terminal;

namespace RaftActors.Cli.Client;

/// <summary>The values of <see cref="ClientOptions"/>.</summary>
/// <param name="Connect">See <see cref="CommandEnvironment.Connect"/>.</param>
internal sealed record ClientSettings(
    Target Target,
    TimeSpan Timeout,
    bool IsJson,
    ConnectionSecurity Security,
    Func<ServerId[], RaftClient<string, string>?>? Connect = null)
{
    public const string DefaultServer = ":9990";

    public static readonly ServerId[] DefaultServers = [new("", 9990)];

    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(1);

    // A running process answers at once. One that is down must delay a command that looks at all by this part of the timeout only.
    private const int LookDivisor = 5;

    /// <summary>The time that commands that look at all members give to each.</summary>
    public TimeSpan LookTimeout => Timeout / LookDivisor;

    /// <summary>Makes a client of the group.</summary>
    /// <param name="redirected">See <see cref="GroupClient"/>; null: nobody is told.</param>
    /// <param name="attemptTimeout">The time without an answer until another process is asked; null: one second.</param>
    public GroupClient Open(CancellationToken interrupted, Action<ProcessName>? redirected = null, TimeSpan? attemptTimeout = null) =>
        new(this, redirected ?? (_ => { }), attemptTimeout ?? AttemptTimeout, interrupted);
}
