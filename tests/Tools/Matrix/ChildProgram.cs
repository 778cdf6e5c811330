using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;

using Xunit;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace RaftActors.Matrix;

/// <summary>
/// Runs classes of a test assembly in this process, with and without a bug. Each line of the input names a bug by its number, a class, and
/// after how many failures the class ends. Lines of the output that begin with <see cref="Mark"/> are for the program that started this
/// one, because tests may write others.
/// </summary>
internal static class ChildProgram
{
    public const string Mark = "##matrix\t";

    /// <summary>In place of a class: the tests that failed last.</summary>
    public const string FailedLast = "failed last";

    public static void Run(string assembly, string[] planted)
    {
        // Tests may replace the console's output.
        using var output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
        var switches = planted.Select(name => Assembly.Load(name).GetType("PlantedBug")!).ToList();
        var framework = new XunitTestFramework(new Sink(_ => true));
        var tested = Assembly.Load(assembly);
        var executor = framework.GetExecutor(tested.GetName());
        Dictionary<string, List<ITestCase>> cases = [];
        List<ITestCase> failed = [];
        Tell(["classes", .. tested.GetTypes().Where(IsClassOfTests).Select(type => type.FullName!)]);
        while (Console.In.ReadLine()?.Split('\t') is [var bug, var type, var failuresMax])
        {
            if (type != FailedLast && !cases.ContainsKey(type))
            {
                cases[type] = Discover(framework, tested, type);
            }

            // Processes that a test starts read the variable.
            Environment.SetEnvironmentVariable("RAFTACTORS_PLANTED", bug);
            switches.ForEach(one => one.GetField("Number")!.SetValue(null, int.Parse(bug)));
            RunClass(executor, type == FailedLast ? failed : cases[type], int.Parse(failuresMax));
            Environment.SetEnvironmentVariable("RAFTACTORS_PLANTED", "0");
            switches.ForEach(one => one.GetField("Number")!.SetValue(null, 0));
        }

        // Threads and actor systems that a test left would keep the process.
        Environment.Exit(0);

        void Tell(params string[] words)
        {
            lock (output)
            {
                output.WriteLine(Mark + string.Join('\t', words));
            }
        }

        void RunClass(ITestFrameworkExecutor executor, List<ITestCase> all, int failuresMax)
        {
            failed = [];
            using var ended = new ManualResetEventSlim();
            using var process = Process.GetCurrentProcess();
            var (failures, cpu, clock) = (0, process.TotalProcessorTime, Stopwatch.StartNew());
            var sink = new Sink(message =>
            {
                switch (message)
                {
                    case ITestStarting starting:
                        Tell("begin", NameOf(starting.Test));
                        break;
                    case ITestFailed failure:
                        failures++;
                        failed.Add(failure.TestCase);
                        Tell("fail", NameOf(failure.Test), Shorten(failure.Messages.FirstOrDefault() ?? "", 200));
                        break;
                    case IErrorMessage error:
                        failures++;
                        failed = all;
                        Tell("fail", "(class)", Shorten(error.Messages.FirstOrDefault() ?? "", 200));
                        break;
                    case ITestAssemblyFinished:
                        ended.Set();
                        break;
                }

                return failures < failuresMax;
            });
            executor.RunTests(all, sink, new Options());
            ended.Wait();
            process.Refresh();
            var reached = switches
                .SelectMany(one => ((byte[])one.GetField("Reached")!.GetValue(null)!).Select((how, number) => (number, how)))
                .Where(site => site.how > 0)
                .Select(site => $"{site.number}{(site.how > 1 ? "s" : "")}");
            Tell(
                "end",
                $"{clock.ElapsedMilliseconds}",
                $"{(long)(process.TotalProcessorTime - cpu).TotalMilliseconds}",
                $"{process.Threads.Count}",
                string.Join(',', reached));
        }
    }

    private static bool IsClassOfTests(Type type) => type is { IsAbstract: false, IsGenericTypeDefinition: false }
        && Array.Exists(type.GetMethods(), method => method.IsDefined(typeof(FactAttribute), inherit: true));

    // Only one class, because to discover all tests of an assembly takes seconds.
    private static List<ITestCase> Discover(XunitTestFramework framework, Assembly tested, string type)
    {
        var found = new ConcurrentQueue<ITestCase>();
        using var ended = new ManualResetEventSlim();
        framework.GetDiscoverer(Reflector.Wrap(tested)).Find(
            type,
            includeSourceInformation: false,
            new Sink(message =>
            {
                switch (message)
                {
                    case ITestCaseDiscoveryMessage discovery:
                        found.Enqueue(discovery.TestCase);
                        break;
                    case IDiscoveryCompleteMessage:
                        ended.Set();
                        break;
                }

                return true;
            }),
            new Options());
        ended.Wait();
        return [.. found];
    }

    private static string NameOf(ITest test)
    {
        var type = test.TestCase.TestMethod.TestClass.Class.Name;
        var isPrefixed = test.DisplayName.StartsWith(type, StringComparison.Ordinal);
        return Shorten(isPrefixed ? test.DisplayName[(type.Length + 1)..] : test.DisplayName, 120);
    }

    private static string Shorten(string text, int length) =>
        string.Join(' ', text[..Math.Min(text.Length, length)].Split('\t', '\n', '\r', '|'));

    private sealed class Sink(Func<IMessageSinkMessage, bool> onMessage) : LongLivedMarshalByRefObject, IMessageSink
    {
        public bool OnMessage(IMessageSinkMessage message) => onMessage(message);
    }

    private sealed class Options : ITestFrameworkDiscoveryOptions, ITestFrameworkExecutionOptions
    {
        private readonly Dictionary<string, object?> _values = new()
        {
            ["xunit.execution.DisableParallelization"] = true,
            ["xunit.execution.SynchronousMessageReporting"] = true,
            ["xunit.discovery.SynchronousMessageReporting"] = true,
        };

        public TValue GetValue<TValue>(string name) => _values.TryGetValue(name, out var value) ? (TValue)value! : default!;

        public void SetValue<TValue>(string name, TValue value) => _values[name] = value;
    }
}
