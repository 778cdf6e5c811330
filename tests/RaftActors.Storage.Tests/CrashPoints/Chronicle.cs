namespace RaftActors.Storage.Tests.CrashPoints;

/// <summary>
/// The writes of one store, and when each was asked for and acknowledged, counted in operations of the disk. From them follow the
/// states that a cut may leave: a prefix of the writes that includes every acknowledged one.
/// </summary>
internal sealed class Chronicle
{
    private readonly List<Moment> _moments = [];
    private readonly List<Save> _saves = [];
    private Incarnation? _incarnation;
    private int _madeAt = int.MaxValue;

    /// <summary>The state after all writes.</summary>
    public StoreModel Latest => _moments[^1].Model;

    /// <summary>Begins without a write.</summary>
    public bool IsBlank => _moments.Count == 0;

    /// <summary>Begins on a disk that lost power.</summary>
    public Chronicle After(int cut)
    {
        var next = new Chronicle { _incarnation = _incarnation, _madeAt = _madeAt <= cut ? 0 : int.MaxValue };
        next._moments.AddRange(Possible(cut).Select(moment => new Moment(moment.Model.Reopened(), 0)));
        next._saves.AddRange(from save in _saves
                             where save.AskedAt <= cut
                             select new Save(save.Snapshot, 0) { SavedAt = save.SavedAt <= cut ? 0 : int.MaxValue });
        return next;
    }

    /// <summary>Records a write. Pass the returned number to <see cref="Done"/>.</summary>
    public int Ask(Effect.Write write, int at)
    {
        _moments.Add(new Moment(Latest.After(write), at));
        return _moments.Count - 1;
    }

    /// <summary>Records that the write with this number is acknowledged.</summary>
    public void Done(int number, int at) => _moments[number].DoneAt = Math.Min(at, _moments[number].DoneAt);

    public void AskSave(SavedSnapshot snapshot, int at) => _saves.Add(new Save(snapshot, at));

    public void DoneSave(Snapshot snapshot, int at) => _saves.First(save => save.Snapshot.Snapshot == snapshot).SavedAt = at;

    /// <summary>Records the state that an opening returned. From now on it is the only possible one.</summary>
    /// <exception cref="StoreContractException">No cut can leave this state.</exception>
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

    /// <summary>All snapshots ever saved.</summary>
    public IEnumerable<SavedSnapshot> Snapshots =>
        _saves.Select(save => save.Snapshot).Concat(_moments.Select(moment => moment.Model.Latest).OfType<SavedSnapshot>()).Distinct();

    /// <summary>Classifies returned contents: unchanged, refused, an earlier state, or wrong.</summary>
    /// <param name="given">The returned contents.</param>
    /// <param name="all">The expected contents.</param>
    public FlipCount Compare(Served given, Served all)
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

    /// <summary>All states that a cut may leave, the latest first.</summary>
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
        return $"the state found is none of {candidates.Count} possible states:\n    "
            + string.Join("\n    ", candidates.Select(model => model.Difference(found)).Distinct().Take(12));
    }

    /// <summary>A state, the operation from which it may be found, and the operation from which no earlier one may.</summary>
    private sealed record Moment(StoreModel Model, int AskedAt)
    {
        public int DoneAt { get; set; } = int.MaxValue;
    }

    private sealed record Save(SavedSnapshot Snapshot, int AskedAt)
    {
        public int SavedAt { get; set; } = int.MaxValue;
    }
}
