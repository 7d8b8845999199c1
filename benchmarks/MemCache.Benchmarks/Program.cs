using MemCache.Benchmarks;

return args.FirstOrDefault() switch
{
    "copy" => CopyBenchmark.Run(args[1..]),
    "meta" => MetaBenchmark.Run(args[1..]),
    "reuse" => ReuseBenchmark.Run(args.AsSpan(1)),
    "engine-reuse" => EngineReuseBenchmark.Run(args.AsSpan(1)),
    "allocators" => AllocatorBenchmark.Run(args[1..]),
    "rpc" => RpcBenchmark.Run(args[1..]),
    "service" => ServiceBenchmark.Run(args.AsSpan(1)),
    "scrape" => ScrapeBenchmark.Run(args.AsSpan(1)),
    "restart" => RestartBenchmark.Run(args.AsSpan(1)),
    "native" => NativeBenchmark.Run(args.AsSpan(1)),
    "tcp" => TcpBenchmark.Run(args[1..]),
    "tcp-serve" => TcpServeProcess.Run(args[1..]),
    "tcp-run" => TcpRunProcess.Run(args[1..]),
    "rpc-serve" => RpcServerProcess.Serve(args.AsSpan(1)),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: MemCache.Benchmarks copy [--rounds N] [--threads N] [--blocks N]");
    Console.Error.WriteLine("       MemCache.Benchmarks meta [--objects N] [--rounds N]");
    Console.Error.WriteLine("       MemCache.Benchmarks reuse [--objects N] [--rounds N]");
    Console.Error.WriteLine("       MemCache.Benchmarks engine-reuse [--objects N] [--rounds N] [--trace FILE]");
    Console.Error.WriteLine("       MemCache.Benchmarks allocators [PAIRS]");
    Console.Error.WriteLine("       MemCache.Benchmarks service PATH_OF_MMC_META_SERVICE [OBJECTS]");
    Console.Error.WriteLine("       MemCache.Benchmarks scrape PATH_OF_MMC_META_SERVICE [OBJECTS]");
    Console.Error.WriteLine("       MemCache.Benchmarks restart PATH_OF_MMC_META_SERVICE [OBJECTS]");
    Console.Error.WriteLine("       MemCache.Benchmarks native PATH_OF_LIBRARY [KEY=VALUE ...]");
    Console.Error.WriteLine("       MemCache.Benchmarks rpc [--rounds N] [--calls N]");
    Console.Error.WriteLine("       MemCache.Benchmarks tcp [--namespaces] [--streams N] [--threads N] [--turn N] [--buffer N] [--rounds N] [--milliseconds N]");
    return 2;
}
