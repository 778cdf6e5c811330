using Akka.Event;

using RaftActors.Coordination;
using RaftActors.Coordination.Sessions;
using RaftActors.Coordination.Settings;
using RaftActors.Core;

namespace RaftActors.Simulator.Coordination;

/// <summary>One program with its session. It locks, writes, watches and observes until the faults end.</summary>
internal sealed class ClientProgram : SimulatedProgram
{
    private static readonly string[] Prefixes = ["", "i/"];

    private readonly World _world;
    private readonly Setup _setup;
    private readonly CommittedLog _log;
    private readonly HolderChecker _holders;
    private readonly ReadChecker _reads;
    private readonly SessionKeeper _keeper;
    private readonly Claims _claims;
    private readonly RaftItems _items;
    private readonly List<Func<bool>> _isCurrent = [];
    private int _writes;

    public ClientProgram(
        string name, World world, Setup setup, SimulatedGroup group, CommittedLog log, HolderChecker holders, ReadChecker reads)
        : base(name, world, setup, group, log)
    {
        (_world, _setup, _log, _holders, _reads) = (world, setup, log, holders, reads);
        var settings = new CoordinationSettings("coordination", [], name, setup.SessionTimeout, setup.RenewInterval, setup.ClockDrift);
        _keeper = new SessionKeeper(Calls, settings, name, Clock, NoLogger.Instance);
        _claims = new Claims(Calls, _keeper);
        _items = new RaftItems(Calls, _keeper);
        Begin(LockAsync);
        Begin(LockAsync);
        Begin(WriteAsync);
        Watch();
        Observe();
    }

    /// <summary>All calls have ended, and all streams have told everything.</summary>
    public bool IsSettled => IsDead || (Busy == 0 && _isCurrent.TrueForAll(each => each()));

    public override string ToString() =>
        $"{Name}: {Busy} activities, {_isCurrent.Count(each => !each())} streams behind{(IsPaused ? ", paused" : "")}";

    public override void Crash()
    {
        base.Crash();
        _holders.OnDead(this);
    }

    // The first thing that a program does after a pause may be to ask whether it holds a lock.
    protected override void OnResumed() => _holders.Check();

    protected override async Task EndAsync() => await _keeper.DisposeAsync();

    private Task WaitAsync(int most, CancellationToken cancellation = default) =>
        Clock.PauseAsync(_world.Between(1, most), cancellation);

    private async Task LockAsync()
    {
        while (_world.HasFaults)
        {
            await WaitAsync(1000);
            var name = _world.Random.Any(Setup.Locks);
            var (waits, isEndless) = (_world.Random.Chance(70), _world.Random.Chance(60));
            using var limit = isEndless ? new CancellationTokenSource() : new CancellationTokenSource(_world.Between(1, 4000), Clock);
            RaftLock? held;
            try
            {
                held = await _claims.AcquireAsync(name, name[^1] - '0', waits, Name, limit.Token);
            }
            catch (OperationCanceledException)
            {
                continue;
            }

            _world.Require(held is not null || !waits, "claim", $"a claim of {Name} for {name} that waits was refused");
            if (held is not null)
            {
                _holders.OnAcquired(this, held);

                // Some holders ask only whether they hold it.
                var lost = _world.Random.Chance(70) ? held.Lost : CancellationToken.None;
                await WaitAsync(_world.HasFaults ? 2000 : 10, lost);
                var releasing = held.DisposeAsync();
                _holders.OnReleased(held);
                await releasing;
            }
        }
    }

    private async Task WriteAsync()
    {
        while (_world.HasFaults)
        {
            await WaitAsync(500);
            var (name, since) = ($"i/{_world.Random.Between(0, 4)}", _log.Pairs.Count);
            try
            {
                switch (_world.Random.Between(0, 5))
                {
                    case 0:
                        _reads.OnRead(name, await _items.GetAsync(name), since);
                        break;
                    case 1:
                        _reads.OnAdded("counter", await _items.AddAsync("counter"));
                        break;
                    case 2:
                        await _items.DeleteAsync(name);
                        break;
                    default:
                        var known = _world.Random.Chance(30) ? (await _items.GetAsync(name))?.Version ?? 0 : (long?)null;
                        var lifetime = _world.Random.Chance(30) ? _world.Between(100, 3000) : (TimeSpan?)null;
                        if (await _items.PutAsync(name, $"{Name} {++_writes}", known, _world.Random.Chance(50), lifetime) is { } version)
                        {
                            _reads.OnWritten(name, version);
                        }
                        else
                        {
                            _world.Require(known is not null, "write", $"{name} was not written, although any version was expected");
                        }

                        break;
                }
            }
            catch (RaftException)
            {
                // It is unknown whether the item has changed.
            }
        }
    }

    private async void Watch()
    {
        var prefix = _world.Random.Any(Prefixes);
        var checker = new WatchChecker(_world, _log, prefix);
        _isCurrent.Add(() => checker.IsCurrent);
        try
        {
            await foreach (var change in _items.WatchAsync(prefix))
            {
                checker.OnTold(change);
            }
        }
        catch (Exception e)
        {
            _world.Fail(e);
        }
    }

    private async void Observe()
    {
        var name = _world.Random.Any(Setup.Locks);
        IReadOnlyList<RaftClaim>? latest = null;
        var token = 0L;
        _isCurrent.Add(() => latest is not null && latest.Select(each => each.Token).SequenceEqual(
            _log.Model.Holders(name).Select(each => each.Token)));
        try
        {
            await foreach (var holders in _claims.ObserveAsync(name, CancellationToken.None))
            {
                latest = holders;
                foreach (var holder in holders)
                {
                    _world.Require(
                        _log.WasGranted(name, holder.Token, holder.Owner), "election", $"{Name} observes {holder}, which {name} never had");
                }

                if (name[^1] == '1' && holders.Count > 0)
                {
                    _world.Require(
                        holders[0].Token > token, "election", $"{Name} observes the token {holders[0].Token} of {name} after {token}");
                    token = holders[0].Token;
                }
            }
        }
        catch (Exception e)
        {
            _world.Fail(e);
        }
    }
}
