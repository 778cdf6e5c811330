using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace TrialKit;

/// <summary>
/// A process as its operator sees it: its output line by line, signals, and its end. None outlives the program that started it.
/// </summary>
internal sealed partial class ChildProcess : IDisposable
{
    private static readonly Lock AllLock = new();
    private static readonly HashSet<ChildProcess> All = [];

    private readonly Process _process;
    private readonly Action<OutputLine>? _heard;
    private readonly Lock _lock = new();
    private readonly List<OutputLine> _lines = [];
    private readonly List<(Func<OutputLine, bool> IsIt, TaskCompletionSource<OutputLine?> Found)> _waiting = [];
    private int _openStreams = 2;

    static ChildProcess() => AppDomain.CurrentDomain.ProcessExit += (_, _) => KillAll();

    private ChildProcess(Process process, Action<OutputLine>? heard) => (_process, _heard) = (process, heard);

    public bool HasEnded => _process.HasExited;

    /// <summary>How many lines there are so far: where to look from for what comes next.</summary>
    public int LineCount
    {
        get
        {
            lock (_lock)
            {
                return _lines.Count;
            }
        }
    }

    /// <param name="heard">Told each line, in the order of its stream, before anybody who waits for it.</param>
    public static ChildProcess Start(
        string program,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null,
        Action<OutputLine>? heard = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var child = new ChildProcess(new Process { StartInfo = start }, heard);
        child._process.OutputDataReceived += (_, e) => child.OnLine(e.Data, isError: false);
        child._process.ErrorDataReceived += (_, e) => child.OnLine(e.Data, isError: true);
        lock (AllLock)
        {
            child._process.Start();
            All.Add(child);
        }

        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        return child;
    }

    public void Tell(string line)
    {
        try
        {
            _process.StandardInput.WriteLine(line);
        }
        catch (IOException)
        {
            // It has died, which is what some trials are about.
        }
    }

    public void EndInput() => _process.StandardInput.Close();

    public void Kill()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.WaitForExit();
    }

    public void Send(Signal signal)
    {
        if (SendSignal(_process.Id, (int)signal) != 0 && !_process.HasExited)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>Its exit code, when all of its output was read; null if it has not ended in time.</summary>
    public async Task<int?> Ended(TimeSpan patience)
    {
        try
        {
            using CancellationTokenSource guard = new(patience);
            await _process.WaitForExitAsync(guard.Token);
            return _process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>
    /// The first line, printed already or yet to come, of which this holds; null if none comes in time, or none can come any more.
    /// </summary>
    /// <param name="from">Lines before this one are passed over, see <see cref="LineCount"/>.</param>
    public async Task<OutputLine?> Line(Func<OutputLine, bool> isIt, TimeSpan patience, int from = 0)
    {
        TaskCompletionSource<OutputLine?> found = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            var at = _lines.FindIndex(Math.Min(from, _lines.Count), line => isIt(line));
            if (at >= 0 || _openStreams == 0)
            {
                return at >= 0 ? _lines[at] : null;
            }

            _waiting.Add((isIt, found));
        }

        try
        {
            return await found.Task.WaitAsync(patience);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    /// <summary>The first line, printed already or yet to come, that has this in it; or the second, and so on.</summary>
    /// <exception cref="TimeoutException">None comes in time, or none can come any more. The message has all lines.</exception>
    public async Task<string> Line(string text, int occurrence, TimeSpan patience)
    {
        var left = occurrence;
        var line = await Line(line => line.Text.Contains(text, StringComparison.Ordinal) && --left == 0, patience);
        return line?.Text ?? throw new TimeoutException(
            $"'{text}' was not written within {patience}; this was:\n{string.Join('\n', Lines(_ => true).Select(one => one.Text))}");
    }

    /// <summary>All lines so far of which this holds.</summary>
    public IReadOnlyList<OutputLine> Lines(Func<OutputLine, bool> isIt)
    {
        lock (_lock)
        {
            return _lines.FindAll(line => isIt(line));
        }
    }

    public void Dispose()
    {
        Kill();
        lock (AllLock)
        {
            All.Remove(this);
        }

        _process.Dispose();
    }

    private static void KillAll()
    {
        lock (AllLock)
        {
            foreach (var child in All.Where(child => !child.HasEnded))
            {
                child._process.Kill();
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int process, int signal);

    private void OnLine(string? text, bool isError)
    {
        if (text is null)
        {
            OnEndOfStream();
            return;
        }

        var line = new OutputLine(text, isError, Stopwatch.GetTimestamp());
        _heard?.Invoke(line);
        lock (_lock)
        {
            _lines.Add(line);
            _waiting.RemoveAll(one => one.IsIt(line) && one.Found.TrySetResult(line));
        }
    }

    private void OnEndOfStream()
    {
        lock (_lock)
        {
            if (--_openStreams == 0)
            {
                _waiting.ForEach(one => one.Found.TrySetResult(null));
                _waiting.Clear();
            }
        }
    }
}

/// <summary>A line that a process wrote.</summary>
/// <param name="At">When it was read, by the monotonic clock.</param>
internal sealed record OutputLine(string Text, bool IsError, long At);

/// <summary>Signals by their numbers on Linux.</summary>
internal enum Signal
{
    Interrupt = 2,
    Kill = 9,
    Terminate = 15,
    Continue = 18,
    Stop = 19,
}
