namespace RaftActors.Benchmarks;

/// <summary>Writes a line to standard error after each step, with the time that the remaining steps will take.</summary>
internal sealed class Progress(int steps)
{
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private int _done;

    public void Report(string result)
    {
        _done++;
        var left = _watch.Elapsed / _done * (steps - _done);
        Console.Error.WriteLine(FormattableString.Invariant($"[{_done}/{steps}, {left:hh\\:mm\\:ss} left] {result}"));
    }
}
