using RaftActors.Core;
using RaftActors.Testing;

namespace RaftActors.Storage.Tests.CrashPoints;

/// <summary>
/// What was asked of one store, and when, counted in operations of the disk. So it knows what may be found after a cut at any place: the
/// state after some first so many of the writes, with at least all that were acknowledged.
/// </summary>
internal sealed class Chronicle
{
    private readonly List<Moment> _moments = [];
    private readonly List<Save> _saves = [];
    private Incarnation? _incarnation;
    private int _madeAt = int.MaxValue;

    /// <summary>The latest state, if everything asked for is done.</summary>
    public StoreModel Latest => _moments[^1].Model;

    /// <summary>Nothing was asked yet.</summary>
    public bool IsBlank => _moments.Count == 0;

    /// <summary>What begins on a disk that was found after a cut of the one before.</summary>
    public Chronicle After(int cut)
    {
        var next = new Chronicle { _incarnation = _incarnation, _madeAt = _madeAt <= cut ? 0 : int.MaxValue };
        next._moments.AddRange(Possible(cut).Select(moment => new Moment(moment.Model.Reopened(), 0)));
        next._saves.AddRange(from save in _saves
                             where save.AskedAt <= cut
                             select new Save(save.Snapshot, 0) { SavedAt = save.SavedAt <= cut ? 0 : int.MaxValue });
        return next;
    }

    /// <summary>A write is asked for. The answer is to be told to <see cref="Done"/>.</summary>
    public int Ask(Effect.Write write, int at)
    {
        _moments.Add(new Moment(Latest.After(write), at));
        return _moments.Count - 1;
    }

    /// <summary>The write that was asked for as that number is durable.</summary>
    public void Done(int number, int at) => _moments[number].DoneAt = Math.Min(at, _moments[number].DoneAt);

    public void AskSave(SavedSnapshot snapshot, int at) => _saves.Add(new Save(snapshot, at));

    public void DoneSave(Snapshot snapshot, int at) => _saves.First(save => save.Snapshot.Snapshot == snapshot).SavedAt = at;

    /// <summary>A store was opened and gave this: from now on it is this, and nothing else.</summary>
    /// <exception cref="StoreContractException">It cannot be.</exception>
    public void Open(RecoveredState found, LogSlice preload, int at)
    {
        StoreContractException.Unless(!found.IsNew || _madeAt > at, "the store says that it is new");
        if (found.IsNew)
        {
            _moments.Clear();
            _moments.Add(new Moment(StoreModel.Holding(preload), at));
            _incarnation = null;
        }
        else if (IsBlank)
        {
            _moments.Add(new Moment(StoreModel.Holding(preload), at));
        }

        StoreContractException.Unless((_incarnation ?? found.Incarnation) == found.Incarnation, $"the incarnation is {found.Incarnation}");
        var model = Candidates(at).FirstOrDefault(model => model.Difference(found.State) is null);
        StoreContractException.Unless(model is not null, Explain(found.State, at));
        (_incarnation, _madeAt) = (found.Incarnation, Math.Min(at, _madeAt));
        _moments.Add(new Moment(model!.Reopened(), at) { DoneAt = at });
        foreach (var save in _saves.Where(save => save.Snapshot == model.Latest))
        {
            save.SavedAt = Math.Min(at, save.SavedAt);
        }
    }

    /// <summary>All there ever were.</summary>
    public IEnumerable<SavedSnapshot> Snapshots =>
        _saves.Select(save => save.Snapshot).Concat(_moments.Select(moment => moment.Model.Latest).OfType<SavedSnapshot>()).Distinct();

    /// <summary>Is it all that is there, is some of it refused, is it what was there at some time before, or none of these?</summary>
    /// <param name="given">What was given.</param>
    /// <param name="all">What should be.</param>
    public FlipCount Judge(Served given, Served all)
    {
        if (given.Snapshots.Contains(false))
        {
            return new FlipCount(0, 0, 0, 1);
        }

        if (given.State is not { } found)
        {
            return new FlipCount(1, 0, 0, 0);
        }

        var isLatest = Knows(found, Candidates(int.MaxValue).Take(1));
        return isLatest && given.Snapshots.SequenceEqual(all.Snapshots) ? new FlipCount(0, 1, 0, 0)
            : isLatest ? new FlipCount(1, 0, 0, 0)
            : Knows(found, _moments.SelectMany(moment => WithSaves(moment.Model, _saves))) ? new FlipCount(0, 0, 1, 0)
            : new FlipCount(0, 0, 0, 1);
    }

    private bool Knows(RecoveredState found, IEnumerable<StoreModel> models) =>
        !found.IsNew && found.Incarnation == _incarnation && models.Any(model => model.Difference(found.State) is null);

    private static IEnumerable<StoreModel> WithSaves(StoreModel model, IEnumerable<Save> saves) =>
        saves.Select(save => model.With(save.Snapshot)).Prepend(model);

    /// <summary>Latest first, all that may be found after a cut there.</summary>
    private IEnumerable<StoreModel> Candidates(int cut)
    {
        var sure = _saves.Where(save => save.SavedAt <= cut).OrderBy(save => save.Snapshot.Snapshot.Position.Index).ToList();
        var unsure = _saves.Where(save => save.AskedAt <= cut && save.SavedAt > cut).ToList();
        foreach (var moment in Enumerable.Reverse(Possible(cut)))
        {
            var model = sure.Aggregate(moment.Model, (model, save) => model.With(save.Snapshot));
            foreach (var candidate in WithSaves(model, unsure))
            {
                yield return candidate;
            }
        }
    }

    private List<Moment> Possible(int cut)
    {
        var first = _moments.FindLastIndex(moment => moment.DoneAt <= cut);
        var last = _moments.FindLastIndex(moment => moment.AskedAt <= cut);
        return last < 0 ? [] : _moments[Math.Max(0, first)..(last + 1)];
    }

    private string Explain(InitialState found, int cut)
    {
        var candidates = Candidates(cut).ToList();
        return $"what is found is none of {candidates.Count} states that it may be:\n    "
            + string.Join("\n    ", candidates.Select(model => model.Difference(found)).Distinct().Take(12));
    }

    /// <summary>A state, from when on it may be found, and from when on nothing before it.</summary>
    private sealed record Moment(StoreModel Model, int AskedAt)
    {
        public int DoneAt { get; set; } = int.MaxValue;
    }

    private sealed record Save(SavedSnapshot Snapshot, int AskedAt)
    {
        public int SavedAt { get; set; } = int.MaxValue;
    }
}
