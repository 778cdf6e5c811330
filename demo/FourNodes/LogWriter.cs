using Akka.Actor;
using Akka.Event;

namespace FourNodes;

/// <summary>
/// Writes a node's log to the file <c>fournodes.log-file</c>, or to standard error if that key is empty. So standard output has the
/// scenario only. <c>akka.loggers</c> starts one logger in each node's actor system.
/// </summary>
internal sealed class LogWriter : ReceiveActor
{
    private readonly TextWriter _writer;

    public LogWriter()
    {
        var file = Context.System.Settings.Config.GetString("fournodes.log-file");
        var node = Context.System.Settings.Config.GetString("raft.node");
        _writer = string.IsNullOrEmpty(file) ? Console.Error : new StreamWriter(file, append: false) { AutoFlush = true };

        Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
        Receive<LogEvent>(e =>
            _writer.WriteLine($"{e.Timestamp:HH:mm:ss.fff} {node} {e.GetType().Name,-7} {e.LogSource} {e.Message}{Cause(e)}"));
    }

    protected override void PostStop()
    {
        if (_writer != Console.Error)
        {
            _writer.Dispose();
        }
    }

    private static string Cause(LogEvent e) => e.Cause is null ? "" : Environment.NewLine + e.Cause;
}
