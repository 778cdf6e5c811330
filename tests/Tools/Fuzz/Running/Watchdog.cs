namespace RaftActors.Fuzz.Running;

/// <summary>
/// Ends the process if one input takes too long. The measured bound is far lower: the watchdog is for a reader that never returns.
/// </summary>
internal sealed class Watchdog : IDisposable
{
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(60);

    private readonly Timer _timer;
    private readonly string _lastInput;
    private long _inputs;
    private long _seen = -1;

    public Watchdog(string lastInput)
    {
        _lastInput = lastInput;
        _timer = new Timer(_ => Look(), null, WaitMax, WaitMax);
    }

    /// <summary>Another input begins.</summary>
    public void Begin() => Volatile.Write(ref _inputs, _inputs + 1);

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        var inputs = Volatile.Read(ref _inputs);
        if (inputs == Interlocked.Exchange(ref _seen, inputs))
        {
            Console.Error.WriteLine(
                $"Input {inputs} takes more than {WaitMax.TotalSeconds} s: the reader hangs. The input is in {_lastInput}. "
                + "Repeat it with --crashed.");
            Environment.Exit(1);
        }
    }
}
