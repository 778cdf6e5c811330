using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Billing;

/// <summary>
/// Starts the nodes as processes, prints what they print, takes commands, and keeps the register. A node that ends by itself was downed,
/// and is started again.
/// </summary>
internal sealed class Launcher(int[] ports, string? registerFile, string? kept)
{
    public const string Commands =
        """
        Commands on the standard input:
          kill N     kills the process of node N; kill all kills those of all nodes
          freeze N   stops the process without ending it, as a long pause does; thaw N lets it go on
          cut N      drops all messages of Akka.Remote to and from node N
          start N    starts a node that was killed; start all starts all of them
          quit       ends all; Ctrl-C, too
        """;

    // The port of raft is that of Akka.Remote + 1000 by default.
    private const int RaftPortOffset = 1000;

    private static readonly TimeSpan ExitMax = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly Process?[] _nodes = new Process?[BillingNode.Count];
    private readonly bool[] _hasStarted = new bool[BillingNode.Count];
    private readonly TaskCompletionSource _quit = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Register _register = new();
    private string _directory = "";
    private StreamWriter? _bills;
    private StreamWriter? _attempts;
    private int _exitCode;

    public async Task<int> RunAsync()
    {
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Quit);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Quit);
        try
        {
            _attempts = registerFile is null ? null : new StreamWriter(registerFile) { AutoFlush = true };
            _directory = kept is null ? Directory.CreateTempSubdirectory("billing-").FullName : Directory.CreateDirectory(kept).FullName;
            var bills = Path.Combine(_directory, "bills.txt");
            _register = File.Exists(bills) ? Register.Read(File.ReadLines(bills)) : new Register();
            _bills = new StreamWriter(bills, append: true) { AutoFlush = true };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            await Console.Error.WriteLineAsync($"Billing: {e.Message} Name another file or folder.").ConfigureAwait(false);
            return 1;
        }

        if (ports.SelectMany(port => new[] { port, port + RaftPortOffset }).Where(IsInUse).ToList() is [var taken, ..])
        {
            var cause = $"Billing: the port {taken} is in use. Stop the program that has it, or choose other --ports.";
            await Console.Error.WriteLineAsync(cause).ConfigureAwait(false);
            return 1;
        }

        Print("", "Four nodes start. " + Commands);
        for (var number = 1; number <= BillingNode.Count; number++)
        {
            Start(number);
        }

        _ = Task.Run(ReadCommands);
        await _quit.Task.ConfigureAwait(false);
        foreach (var node in _nodes)
        {
            node?.Kill();
            node?.WaitForExit();
        }

        lock (_lock)
        {
            Print("", $"{_register.Last} bills are written.");
            _attempts?.Dispose();
            _attempts = null;
            _bills.Dispose();
        }

        if (kept is null)
        {
            Directory.Delete(_directory, recursive: true);
        }

        return _exitCode;
    }

    private static bool IsInUse(int port)
    {
        try
        {
            using TcpListener listener = new(IPAddress.Loopback, port);
            listener.Start();
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    private static void Print(string node, string text) => Console.WriteLine(node.Length == 0 ? text : $"{node} | {text}");

    private void Quit(PosixSignalContext context)
    {
        context.Cancel = true;
        _quit.TrySetResult();
    }

    private void ReadCommands()
    {
        while (Console.ReadLine() is { } line)
        {
            if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is not [var verb, .. var rest])
            {
                continue;
            }

            if (verb == "quit")
            {
                break;
            }

            var all = Enumerable.Range(1, BillingNode.Count);
            int[] numbers = (verb, rest) switch
            {
                ("kill" or "start", ["all"]) => [.. all],
                (_, [var word]) when int.TryParse(word, CultureInfo.InvariantCulture, out var one) && all.Contains(one) => [one],
                _ => [],
            };
            if (numbers.Length == 0 || !numbers.All(number => Do(verb, number)))
            {
                Print("", $"There is no command '{line}'. {Commands}");
            }
        }

        _quit.TrySetResult();
    }

    // False: there is no such command.
    private bool Do(string verb, int number)
    {
        lock (_lock)
        {
            var node = _nodes[number - 1];
            switch (verb)
            {
                case "start" when node is null:
                    Start(number);
                    return true;
                case "start":
                    Print("", $"Node {number} runs already.");
                    return true;
                case "kill" or "freeze" or "thaw" or "cut" when node is null:
                    Print("", $"Node {number} does not run. Start it with: start {number}");
                    return true;
                case "kill":
                    _nodes[number - 1] = null;
                    node!.Kill(); // Justification: null is above.

                    // A start needs its ports. Without a time it would wait for the output too, whose lines need the lock.
                    node.WaitForExit(ExitMax);
                    return true;
                case "freeze" or "thaw":
                    Process.Start("kill", [verb == "freeze" ? "-STOP" : "-CONT", $"{node!.Id}"]).WaitForExit();
                    return true;
                case "cut":
                    Tell(node!, "cut");
                    return true;
                default:
                    return false;
            }
        }
    }

    private void Start(int number)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) // Justification: a program that runs has a path.
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        string[] own = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(Launcher).Assembly.Location] : [];
        foreach (var word in own.Concat(["--node", $"{number}", "--directory", _directory, "--ports", .. ports.Select(port => $"{port}")]))
        {
            start.ArgumentList.Add(word);
        }

        var node = new Process { StartInfo = start, EnableRaisingEvents = true };
        node.OutputDataReceived += (_, e) => OnLine(number, node, e.Data);
        node.Exited += (_, _) => OnExited(number, node);
        lock (_lock)
        {
            _nodes[number - 1] = node;
            node.Start();
            node.BeginOutputReadLine();
        }
    }

    private void OnExited(int number, Process node)
    {
        lock (_lock)
        {
            if (_nodes[number - 1] != node || _quit.Task.IsCompleted)
            {
                return;
            }

            if (_hasStarted[number - 1])
            {
                Print($"node {number}", "the process has ended, and is started again");
                Start(number);
            }
            else
            {
                Console.Error.WriteLine($"Billing: node {number} cannot start, as its lines above say.");
                _exitCode = 1;
                _quit.TrySetResult();
            }
        }
    }

    private void OnLine(int number, Process node, string? line)
    {
        lock (_lock)
        {
            if (line?.StartsWith(RegisterLink.Mark, StringComparison.Ordinal) == true)
            {
                OnRequest(number, node, line[RegisterLink.Mark.Length..]);
            }
            else if (line is not null)
            {
                _hasStarted[number - 1] |= line == BillingNode.Started;
                Print($"node {number}", line);
            }
        }
    }

    private void OnRequest(int number, Process node, string request)
    {
        switch (request.Split(' '))
        {
            case ["begin", var token] when _register.Begin(Number(token)) is { } last:
                _bills?.WriteLine(_register.Line);
                Tell(node, $"latest {last}");
                break;
            case ["write", var token, var bill]:
                var refusal = _register.Write(Number(token), Number(bill));
                _attempts?.WriteLine($"{token} {bill} node{number} {refusal ?? "written"}");
                Print($"node {number}", refusal is null ? $"bill {bill} (token {token})" : $"bill {bill} is REFUSED: {refusal}");
                if (refusal is null)
                {
                    _bills?.WriteLine(_register.Line);
                    Tell(node, $"written {bill}");
                }

                break;
        }
    }

    private static long Number(string word) => long.Parse(word, CultureInfo.InvariantCulture);

    private static void Tell(Process node, string line)
    {
        try
        {
            node.StandardInput.WriteLine(line);
        }
        catch (IOException)
        {
            // The process was killed.
        }
    }
}
