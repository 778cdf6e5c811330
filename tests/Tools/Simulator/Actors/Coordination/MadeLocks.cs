using RaftActors.Coordination;
using RaftActors.Coordination.Sessions;

namespace RaftActors.Simulator.Actors.Coordination;

/// <summary>
/// Makes locks of one session, for tests of <see cref="LockLedger"/>. No group grants them, so a test may give them tokens that are wrong.
/// </summary>
internal sealed class MadeLocks : IDisposable
{
    private readonly Session _session = new(1, TimeProvider.System.GetTimestamp(), TimeSpan.FromHours(1), TimeProvider.System);

    public RaftLock Make(string name, long token) => new(name, token, _session, 0, () => ValueTask.CompletedTask, _ => { });

    /// <summary>Ends the session, so all locks are lost.</summary>
    public void Lose() => _session.Lose();

    public void Dispose() => _session.Dispose();
}
