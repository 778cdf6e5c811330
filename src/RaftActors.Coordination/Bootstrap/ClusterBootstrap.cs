using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

using Akka.Actor;
using Akka.Event;

using RaftActors.Coordination.Sessions;

using Session = RaftActors.Coordination.Sessions.Session;

namespace RaftActors.Coordination.Bootstrap;

/// <summary>
/// Finds the one cluster of this node, or founds it by a decision of the group, and then keeps the claim of the member.
/// <para>
/// Invariant: a node is a member of a cluster only while its claim to it exists. It writes the claim before it founds or joins, and gives
/// it up only while it is no member. It downs itself when its session is lost, which is before the group deletes the claim.
/// </para>
/// </summary>
/// <param name="keeper">The session of the claim. It survives longer failures of the group than the session of locks.</param>
/// <param name="remedy">What an operator does if the group does not answer.</param>
internal sealed class ClusterBootstrap(
    Seat seat, string system, RaftItems items, SessionKeeper keeper, TimeProvider time, ILoggingAdapter log, string remedy)
    : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    // After this time without an answer, a member may be dead, so the next one is asked.
    private static readonly TimeSpan JoinTimeout = TimeSpan.FromSeconds(3);

    // The join is repeated, because a member that has restarted at the same address ignores the first one.
    private static readonly TimeSpan JoinInterval = TimeSpan.FromSeconds(1);

    private readonly string _claim = ClusterRecord.ClaimOf(system, seat.Node);
    private readonly CancellationTokenSource _ending = new();
    private volatile Admission? _admission;
    private int _attempts;
    private bool _isTold;

    /// <summary>Runs until this node is a member, or its system ends. Never fails.</summary>
    public async Task RunAsync()
    {
        while (!_ending.IsCancellationRequested)
        {
            try
            {
                if (seat.IsMember ? await StayAsync().ConfigureAwait(false) : await EnterAsync().ConfigureAwait(false))
                {
                    return;
                }

                _isTold = false;
            }
            catch (Exception) when (_ending.IsCancellationRequested)
            {
                return;
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (Exception e)
            {
                Tell(e);
            }

            await time.PauseAsync(Pause, _ending.Token).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Downs this node after it became Up, unless it has a claim to the cluster. Its claim may be missing, or may be to a later cluster
    /// than that of a member that answered late. Akka.Cluster may call this before its view has the members, so it first waits for them.
    /// </summary>
    public async Task OnUpAsync()
    {
        while (!seat.IsMember && !_ending.IsCancellationRequested)
        {
            await time.PauseAsync(Pause / 5, _ending.Token).ConfigureAwait(false);
        }

        if (!_ending.IsCancellationRequested && !IsEntitled())
        {
            DownSelf("it was taken up after it had given up its claim");
        }
    }

    /// <summary>Gives up the claim of a node that is not, or no longer, a member.</summary>
    public ValueTask DisposeAsync()
    {
        _ending.Cancel();
        return keeper.DisposeAsync();
    }

    private async Task<bool> EnterAsync()
    {
        var record = await ReadAsync().ConfigureAwait(false);
        foreach (var former in record.FormerLivesOf(seat.Node))
        {
            await items.TryDeleteAsync(ClusterRecord.ClaimOf(system, former.Node), former.Version, _ending.Token).ConfigureAwait(false);
            record = record with { Claims = record.Claims.Remove(former) };
        }

        var session = await keeper.GetAsync(_ending.Token).ConfigureAwait(false);
        switch (record.StepOf(seat.Node))
        {
            case ClusterRecord.Step.Found(var number):
                await FoundAsync(record, number, session).ConfigureAwait(false);
                break;
            case ClusterRecord.Step.Join(var members):
                await JoinAsync(record, members, session).ConfigureAwait(false);
                break;
            case ClusterRecord.Step.Withdraw when record.VersionOf(seat.Node) is > 0 and var version && !seat.IsMember:
                _admission = null;
                await items.TryDeleteAsync(_claim, version, _ending.Token).ConfigureAwait(false);
                break;
        }

        return false;
    }

    private async Task FoundAsync(ClusterRecord record, long number, Session session)
    {
        if (!await ClaimAsync(record, number).ConfigureAwait(false))
        {
            return;
        }

        var written = await items.TryPutAsync(
            ClusterRecord.NumberOf(system), ClusterRecord.TextOf(number), new() { ExpectedVersion = record.Version }, _ending.Token)
            .ConfigureAwait(false);
        if (written is not null)
        {
            log.Info("This node founds the cluster {0} of {1}, because no node belongs to an earlier one", number, system);
            Admit(number, session);
            await SendJoinAsync(seat.Node, TimeSpan.MaxValue).ConfigureAwait(false);
        }
    }

    private async Task JoinAsync(ClusterRecord record, ImmutableArray<string> members, Session session)
    {
        if (_admission?.Number != record.Number || _admission.Session != session)
        {
            if (!await ClaimAsync(record, record.Number).ConfigureAwait(false))
            {
                return;
            }

            // Adding zero makes a new version, so that no node founds the next cluster on what it has read before.
            var latest = await items.AddAsync(ClusterRecord.NumberOf(system), 0, null, _ending.Token).ConfigureAwait(false);
            if (latest != record.Number)
            {
                return;
            }

            Admit(record.Number, session);
        }

        _admission = _admission with { Members = _admission.Members.Union(members) };
        await SendJoinAsync(members[_attempts++ % members.Length], JoinTimeout).ConfigureAwait(false);
    }

    [MemberNotNull(nameof(_admission))]
    private void Admit(long number, Session session)
    {
        _admission = new(number, session, []);
        session.Lost.Register(() =>
        {
            if (!_ending.IsCancellationRequested && seat.IsMember)
            {
                DownSelf("the coordination group has not renewed its claim for raft-coordination.member-timeout, so other nodes may have "
                    + "founded another cluster");
            }
        });
    }

    // Asks only while the claim counts. Akka.Cluster must not repeat a join by itself, because a member would accept it after that.
    private async Task SendJoinAsync(string member, TimeSpan timeout)
    {
        var (begin, asked) = (time.GetTimestamp(), 0);
        while (!seat.IsMember && _admission is { Session.IsAlive: true } && time.GetElapsedTime(begin) is var elapsed && elapsed < timeout)
        {
            if (elapsed >= asked * JoinInterval)
            {
                asked++;
                seat.Join(Address.Parse(member[..member.LastIndexOf('#')]));
            }

            await time.PauseAsync(Pause / 5, _ending.Token).ConfigureAwait(false);
            _ending.Token.ThrowIfCancellationRequested();
        }

        _ = IsEntitled();
    }

    // One shared member is enough, and once seen it is remembered, because the members that were asked may leave right after they have
    // accepted this node.
    private bool IsEntitled()
    {
        var admission = _admission;
        if (admission is { IsProven: false } && (admission.Members.IsEmpty || seat.Members().Overlaps(admission.Members)))
        {
            admission.IsProven = true;
        }

        return admission is { IsProven: true, Session.IsAlive: true };
    }

    private async Task<bool> StayAsync()
    {
        if (_admission is not { Session.IsAlive: true } admission)
        {
            await OnUpAsync().ConfigureAwait(false);
            return true;
        }

        return await ClaimAsync(await ReadAsync().ConfigureAwait(false), admission.Number, isIn: true).ConfigureAwait(false);
    }

    private async Task<ClusterRecord> ReadAsync() => ClusterRecord.Of(
        system, await items.ListAsync(ClusterRecord.PrefixOf(system), null, _ending.Token).ConfigureAwait(false));

    // Replaces only what was read, so that a delayed write changes no later one. A node without a mark is no member.
    private async Task<bool> ClaimAsync(ClusterRecord record, long number, bool isIn = false)
    {
        _admission = isIn ? _admission : null;
        ItemOptions options = new() { ExpectedVersion = record.VersionOf(seat.Node), OfSession = true };
        return await items.TryPutAsync(_claim, ClusterRecord.TextOf(number, isIn), options, _ending.Token).ConfigureAwait(false)
            is not null;
    }

    private void Tell(Exception cause)
    {
        if (!_isTold)
        {
            _isTold = true;
            log.Warning(
                "This node is in no cluster yet, because the coordination group does not tell which one there is. No node founds one "
                    + "meanwhile. {0} {1}",
                cause.Message,
                remedy);
        }
    }

    private void DownSelf(string why)
    {
        log.Warning("Downing this node, {0}: {1}", seat.Node, why);
        seat.Down();
    }

    /// <summary>The claim of this node counts.</summary>
    /// <param name="Number">The number of the cluster.</param>
    /// <param name="Session">The session of the claim.</param>
    /// <param name="Members">The members of the cluster when this node asked them, or none for the founder.</param>
    private sealed record Admission(long Number, Session Session, ImmutableHashSet<string> Members)
    {
        /// <summary>This node has been in one cluster with one of the members.</summary>
        public bool IsProven { get; set; }
    }
}
