using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Shared;

/// <summary>
/// A child process with its output lines, signals and exit code. All child processes are killed when this program exits.
/// </summary>
public sealed partial class ChildProcess : IDisposable
{
    private static readonly TimeSpan OutputTimeout = TimeSpan.FromSeconds(20);
    private static readonly Lock AllLock = new();
    private static readonly HashSet<ChildProcess> All = [];

    private readonly Process _process;
    private readonly Action<OutputLine>? _heard;
    private readonly bool _keepsLines;
    private readonly Lock _lock = new();
    private readonly List<OutputLine> _lines = [];
    private readonly List<(Func<OutputLine, bool> IsIt, TaskCompletionSource<OutputLine?> Found)> _waiting = [];
    private int _openStreams = 2;

    static ChildProcess() => AppDomain.CurrentDomain.ProcessExit += (_, _) => KillAll();

    private ChildProcess(Process process, Action<OutputLine>? heard, bool keepsLines) =>
        (_process, _heard, _keepsLines) = (process, heard, keepsLines);

    /// <summary>The number of the process.</summary>
    public int Id => _process.Id;

    public bool HasEnded => _process.HasExited;

    /// <summary>The memory of the process in megabytes, and its time on all cores; zero: it has ended.</summary>
    public (long Megabytes, TimeSpan Time) Cost
    {
        get
        {
            try
            {
                _process.Refresh();
                return (_process.WorkingSet64 >> 20, _process.TotalProcessorTime);
            }
            catch (InvalidOperationException)
            {
                return default;
            }
        }
    }

    /// <summary>The number of lines so far. Pass it to <c>Line</c> to wait for later lines only.</summary>
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

    /// <param name="heard">Called with each line, in the order of its stream, before waits for that line complete.</param>
    /// <param name="keepsLines">False: only <paramref name="heard"/> sees the lines.</param>
    public static ChildProcess Start(
        string program,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null,
        Action<OutputLine>? heard = null,
        bool keepsLines = true)
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

        var child = new ChildProcess(new Process { StartInfo = start }, heard, keepsLines);
        child._process.OutputDataReceived += (_, e) => child.OnLine(e.Data, isError: false);
        child._process.ErrorDataReceived += (_, e) => child.OnLine(e.Data, isError: true);
        lock (AllLock)
        {
            StartHearing(child._process);
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
            // The process was killed. Some trials do that.
        }
    }

    public void EndInput() => _process.StandardInput.Close();

    public void Kill()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        WaitForEnd();
    }

    public void Send(Signal signal)
    {
        if (SendSignal(_process.Id, (int)signal) != 0 && !_process.HasExited)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>Waits for the end of the process and its output, and returns the exit code; null: it still runs.</summary>
    public async Task<int?> Ended(TimeSpan timeout)
    {
        try
        {
            using CancellationTokenSource guard = new(timeout);
            await _process.WaitForExitAsync(guard.Token);
            return _process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>
    /// Waits for a line that satisfies the condition. Earlier lines count too. Null: none came in time, or the output has ended.
    /// </summary>
    /// <param name="from">Ignores the lines before this one, see <see cref="LineCount"/>.</param>
    public async Task<OutputLine?> Line(Func<OutputLine, bool> isIt, TimeSpan timeout, int from = 0)
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
            return await found.Task.WaitAsync(timeout);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    /// <summary>Waits for the n-th line that contains the text. Earlier lines count too.</summary>
    /// <exception cref="TimeoutException">It did not come in time, or the output has ended. The message has all lines.</exception>
    public async Task<string> Line(string text, int occurrence, TimeSpan timeout)
    {
        var left = occurrence;
        var line = await Line(line => line.Text.Contains(text, StringComparison.Ordinal) && --left == 0, timeout);
        return line?.Text ?? throw new TimeoutException(
            $"'{text}' was not written within {timeout}. The output is:\n{string.Join('\n', Lines(_ => true).Select(one => one.Text))}");
    }

    /// <summary>All lines so far that satisfy the condition.</summary>
    public IReadOnlyList<OutputLine> Lines(Func<OutputLine, bool> isIt)
    {
        lock (_lock)
        {
            return _lines.FindAll(line => isIt(line));
        }
    }

    /// <summary>Kills the process and those that it has started. One of them may be stopped, and would never end by itself.</summary>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        WaitForEnd();
        lock (AllLock)
        {
            All.Remove(this);
        }

        _process.Dispose();
    }

    // The output ends when no process has it open. A child that outlives the process holds it, so the wait has a limit.
    private void WaitForEnd()
    {
        using CancellationTokenSource guard = new(OutputTimeout);
        try
        {
            _process.WaitForExitAsync(guard.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            // The process has ended. Only its output is open.
        }
    }

    // A shell without job control lets a program in the background ignore SIGINT. Its children would inherit that, and .NET respects it, so
    // they would never hear the signal.
    private static void StartHearing(Process process)
    {
        const nint Default = 0;
        const nint Ignored = 1;
        var ignores = OperatingSystem.IsLinux() && File.ReadLines("/proc/self/status").Any(line =>
            line.StartsWith("SigIgn:", StringComparison.Ordinal)
            && (Convert.ToInt64(line["SigIgn:".Length..].Trim(), 16) & (1L << ((int)Signal.Interrupt - 1))) != 0);
        if (ignores)
        {
            SetHandler((int)Signal.Interrupt, Default);
        }

        process.Start();
        if (ignores)
        {
            SetHandler((int)Signal.Interrupt, Ignored);
        }
    }

    private static void KillAll()
    {
        lock (AllLock)
        {
            foreach (var child in All.Where(child => !child.HasEnded))
            {
                child._process.Kill(entireProcessTree: true);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint SetHandler(int signal, nint handler);

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
        if (!_keepsLines)
        {
            return;
        }

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

/// <summary>A line of a process's output.</summary>
/// <param name="At">Time when it was read, by the monotonic clock.</param>
public sealed record OutputLine(string Text, bool IsError, long At);

/// <summary>Signals, with their numbers on Linux.</summary>
public enum Signal
{
    Interrupt = 2,
    Kill = 9,
    Terminate = 15,
    Continue = 18,
    Stop = 19,
}
