using System.Collections.Immutable;
using Akka.Actor;

namespace Akka.Cluster;

/// <summary>
/// Decides how this node joins a cluster. It asks the seed nodes whether they are members, and joins the first member that answers.
/// Retries begin quickly and slow down, because a seed may be starting. The caller carries out the steps and has the clock.
/// </summary>
internal sealed class ClusterJoining(Address self, ClusterSettings settings)
{
    private static readonly TimeSpan FirstRetryAfter = TimeSpan.FromMilliseconds(50);

    private readonly HashSet<Address> _nacks = [];
    private ImmutableList<Address> _seedNodes = [];
    private bool _isSeeking;
    private TimeSpan _seekingSince;
    private TimeSpan _joiningSince;
    private TimeSpan _retryAfter;

    /// <summary>The node that was asked to admit this one, until it does.</summary>
    public Address? Target { get; private set; }

    private ImmutableList<Address> OtherSeedNodes => _seedNodes.Remove(self);

    public JoinStep JoinSeedNodes(ImmutableList<Address> seedNodes, TimeSpan now)
    {
        _seedNodes = seedNodes;
        _seekingSince = now;
        return Seek();
    }

    public JoinStep JoinTo(Address address, TimeSpan now)
    {
        if (address.Equals(self))
        {
            return Found();
        }
        _isSeeking = false;
        Target = address;
        _joiningSince = now;
        _retryAfter = FirstRetryAfter;
        return AskToJoin(address);
    }

    /// <summary>A seed node answers that it is a member. Returns null if this node does not seek one.</summary>
    public JoinStep? AckReceived(Address from, TimeSpan now) => _isSeeking ? JoinTo(from, now) : null;

    /// <summary>
    /// A seed node answers that it is not a member. When all other seed nodes have answered so, the first one founds the cluster.
    /// </summary>
    public JoinStep? NackReceived(Address from)
    {
        if (!_isSeeking)
        {
            return null;
        }
        _nacks.Add(from);
        return _seedNodes[0].Equals(self) && OtherSeedNodes.All(_nacks.Contains) ? Found() : null;
    }

    /// <summary>Ends the attempt, because the target has admitted this node.</summary>
    public void Welcomed() => Target = null;

    /// <summary>Returns the step to take when the time to retry has come. Null: none.</summary>
    public JoinStep? Retry(TimeSpan now)
    {
        if (settings.ShutdownAfterUnsuccessfulJoinSeedNodes is { } limit && !_seedNodes.IsEmpty && now - _seekingSince > limit)
        {
            return new JoinStep.GiveUp(_seedNodes, limit);
        }
        if (_isSeeking)
        {
            var isFirst = _seedNodes[0].Equals(self);
            return isFirst && now - _seekingSince >= settings.SeedNodeTimeout ? Found() : AskSeedNodes();
        }
        if (Target is not { } target)
        {
            return null;
        }
        // A seed that answered once and then died must not block joining another one.
        var hasTimedOut = settings.RetryUnsuccessfulJoinAfter is { } after && now - _joiningSince >= after;
        return hasTimedOut && !_seedNodes.IsEmpty ? Seek() : AskToJoin(target);
    }

    private JoinStep Seek()
    {
        Target = null;
        _isSeeking = true;
        _nacks.Clear();
        _retryAfter = FirstRetryAfter;
        return OtherSeedNodes.IsEmpty ? Found() : AskSeedNodes();
    }

    private JoinStep.Found Found()
    {
        _isSeeking = false;
        return new JoinStep.Found();
    }

    private JoinStep.AskSeedNodes AskSeedNodes() => new(OtherSeedNodes, NextRetryAfter(settings.SeedNodeTimeout));

    private JoinStep.AskToJoin AskToJoin(Address address) =>
        new(address, NextRetryAfter(settings.RetryUnsuccessfulJoinAfter ?? TimeSpan.MaxValue));

    private TimeSpan NextRetryAfter(TimeSpan atMost)
    {
        var wait = atMost > TimeSpan.Zero && atMost < _retryAfter ? atMost : _retryAfter;
        _retryAfter = wait * 2;
        return wait;
    }
}

/// <summary>A step towards membership, which <see cref="ClusterDaemon"/> carries out.</summary>
internal abstract record JoinStep
{
    private JoinStep()
    {
    }

    /// <summary>Ask these nodes whether they are members. Retry after this time.</summary>
    internal sealed record AskSeedNodes(ImmutableList<Address> SeedNodes, TimeSpan RetryAfter) : JoinStep;

    /// <summary>Ask this node to admit this one. Retry after this time.</summary>
    internal sealed record AskToJoin(Address Address, TimeSpan RetryAfter) : JoinStep;

    /// <summary>Found a new cluster with this node as its only member.</summary>
    internal sealed record Found : JoinStep;

    /// <summary>Terminate: no seed node could be joined within the limit.</summary>
    internal sealed record GiveUp(ImmutableList<Address> SeedNodes, TimeSpan Limit) : JoinStep;
}
