using RaftActors.Persistence.State;

namespace RaftActors.Persistence.Group;

/// <summary>
/// Live queries whose next event is not written yet. Each waits for a bounded time, and then gets an empty page, so that a query whose
/// reader is gone is forgotten. Only the actor calls.
/// </summary>
internal sealed class Waits(JournalState state, Action<LaterAnswer, object> answer)
{
    private readonly List<(Question.Wait Question, LaterAnswer Later, TimeSpan End)> _open = [];

    /// <summary>Returns a page with something in it, or a <see cref="LaterAnswer"/>.</summary>
    public object Ask(Question.Wait question, TimeSpan now)
    {
        var page = state.Answer(question.For);
        if (!Page.IsEmpty(page))
        {
            return page;
        }

        LaterAnswer later = new();
        _open.Add((question, later, now + TimeSpan.FromMilliseconds(question.Milliseconds)));
        return later;
    }

    /// <summary>Answers the questions that a command has given something.</summary>
    public void OnApplied(string key, Command command) =>
        OnChange(command is Command.Batch batch ? [.. batch.Writes.Select(each => each.Id)] : [key]);

    public void OnRestored() => OnChange(null);

    /// <summary>Answers the questions whose time is over.</summary>
    public void OnTime(TimeSpan now) => _open.RemoveAll(open =>
    {
        var isOver = open.End <= now;
        if (isOver)
        {
            answer(open.Later, state.Answer(open.Question.For));
        }

        return isOver;
    });

    // Null: all persistence ids may have changed.
    private void OnChange(IReadOnlyCollection<string>? ids) => _open.RemoveAll(open =>
    {
        if (ids is not null && open.Question.For is Question.Events events && !ids.Contains(events.Id))
        {
            return false;
        }

        var page = state.Answer(open.Question.For);
        if (Page.IsEmpty(page))
        {
            return false;
        }

        answer(open.Later, page);
        return true;
    });
}
