using RaftActors.Cli.Security;

namespace RaftActors.Cli.Client;

/// <summary>The values of <see cref="ClientOptions"/>.</summary>
internal sealed record RunSettings(
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

    // A running process answers at once. One that is down delays a command that asks all of them by this part of the timeout only.
    private const int LookDivisor = 5;

    /// <summary>The timeout for each member in commands that ask all of them.</summary>
    public TimeSpan LookTimeout => Timeout / LookDivisor;

    /// <param name="redirected">Called with the leader if the user named other members.</param>
    /// <param name="attemptTimeout">The time without an answer until the client asks another process. Default: one second.</param>
    public GroupClient Open(CancellationToken interrupted, Action<ProcessName>? redirected = null, TimeSpan? attemptTimeout = null) =>
        new(this, redirected ?? (_ => { }), attemptTimeout ?? AttemptTimeout, interrupted);
}
